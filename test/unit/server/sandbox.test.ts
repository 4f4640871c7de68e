import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { renderExplorerPage, startingDocument } from '../../../src/server/explorer.js';
import { sandboxContentSecurityPolicy, sandboxPage } from '../../../src/server/sandbox.js';

const html = sandboxPage();
const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
const [, script = ''] = /<script type="module">(.*?)<\/script>/s.exec(html) ?? [];

interface Browser {
  readonly shown: () => string | undefined;
  readonly texts: Record<string, string>;
  readonly embedded: Record<string, unknown>[];
  /** What the element that loads Apollo's script hears. */
  readonly library: { src: string; fire: (event: 'load' | 'error') => void };
  readonly receiveFrom: (origin: string) => void;
  /** Milliseconds until the page gives up, or undefined when it no longer will. */
  readonly patience: () => number | undefined;
  readonly runOutOfPatience: () => void;
}

/** As much of a browser as the page's script touches. */
function open(origin: string): Browser {
  const dataset: { state?: string } = {};
  const texts: Record<string, string> = {};
  const embedded: Record<string, unknown>[] = [];
  const listeners: Record<string, () => void> = {};
  const library = {
    src: '',
    addEventListener: (event: string, listener: () => void) => (listeners[event] = listener),
    fire: (event: 'load' | 'error') => listeners[event]?.(),
  };
  let timer: { ms: number; run: () => void } | undefined;
  let receive: (message: { origin: string }) => void = () => {};
  runInNewContext(script, {
    URL,
    location: { origin },
    document: {
      documentElement: { dataset },
      head: { append: () => {} },
      createElement: () => library,
      querySelectorAll: (selector: string) => [
        {
          set textContent(text: string) {
            texts[selector] = text;
          },
        },
      ],
    },
    window: {
      EmbeddedSandbox: function EmbeddedSandbox(given: Record<string, unknown>) {
        embedded.push(given);
      },
    },
    addEventListener: (_: string, listener: typeof receive) => (receive = listener),
    setTimeout: (callback: (state: string) => void, ms: number, state: string) =>
      (timer = { ms, run: () => callback(state) }),
    clearTimeout: () => (timer = undefined),
  });
  return {
    shown: () => dataset.state,
    texts,
    embedded,
    library,
    receiveFrom: (from) => receive({ origin: from }),
    patience: () => timer?.ms,
    runOutOfPatience: () => timer?.run(),
  };
}

describe('the page at /graphql', () => {
  it.each([
    ['http://localhost:4000', 'http://localhost:4000/graphql', 'ws://localhost:4000/graphql'],
    ['https://grid.example', 'https://grid.example/graphql', 'wss://grid.example/graphql'],
  ])('served from %s sends Sandbox there, for subscriptions too', (origin, endpoint, socket) => {
    const browser = open(origin);
    browser.library.fire('load');
    expect(browser.embedded).toMatchObject([
      { target: '#sandbox', initialEndpoint: endpoint, initialSubscriptionEndpoint: socket },
    ]);
    expect(browser.texts).toEqual({ '[data-text=endpoint]': endpoint, '[data-text=socket]': socket });
  });

  it('asks Sandbox for no cookies, no telemetry and no polling', () => {
    const browser = open('http://localhost:4000');
    browser.library.fire('load');
    expect(browser.embedded).toMatchObject([
      {
        runTelemetry: false,
        hideCookieToggle: true,
        initialState: { document: startingDocument, includeCookies: false, pollForSchemaUpdates: false },
      },
    ]);
  });

  it('gives way to the fallback at once when the script cannot be loaded', () => {
    const browser = open('http://localhost:4000');
    expect(browser.shown()).toBe('waiting');
    browser.library.fire('error');
    expect(browser.shown()).toBe('offline');
    expect(browser.patience()).toBeUndefined();
  });

  it('gives way to the fallback when the script, or then the frame, never answers', () => {
    const browser = open('http://localhost:4000');
    expect(browser.patience()).toBe(6_000);
    browser.library.fire('load');
    expect(browser.patience()).toBe(20_000);
    browser.runOutOfPatience();
    expect(browser.shown()).toBe('offline');
  });

  it('is replaced by a Sandbox that arrives late, and by nothing else that sends messages', () => {
    const browser = open('http://localhost:4000');
    browser.library.fire('load');
    browser.runOutOfPatience();
    browser.receiveFrom('https://elsewhere.example');
    expect(browser.shown()).toBe('offline');
    browser.receiveFrom('https://sandbox.embed.apollographql.com');
    expect(browser.shown()).toBe('ready');
  });

  it('leads to the explorer and to curl without any script', () => {
    expect(html).toContain('href="/explorer"');
    expect(html).toMatch(/curl .*\/graphql/);
  });

  it('holds nothing that could end its script or style early', () => {
    expect(html.match(/<\/?(script|style)/g)).toEqual(['<style', '</style', '<script', '</script']);
    expect(script).not.toMatch(/<!--|<\//);
    expect(html).not.toContain('undefined');
  });

  it('is what its security policy allows', () => {
    for (const inline of [style, script]) {
      expect(sandboxContentSecurityPolicy).toContain(
        `'sha256-${createHash('sha256').update(inline).digest('base64')}'`,
      );
    }
    const source = new URL(open('http://localhost:4000').library.src);
    expect(sandboxContentSecurityPolicy).toContain(`script-src 'sha256-`);
    expect(sandboxContentSecurityPolicy).toContain(source.origin);
  });
});

describe('the explorer it leads to', () => {
  it('starts from a document that parses', () => {
    expect(parse(startingDocument).definitions).toHaveLength(2);
  });

  it('loads nothing, and speaks graphql-ws on the path it queries', async () => {
    const page = await renderExplorerPage();
    const markup = page.replace(/<(script|style)>.*?<\/\1>/gs, '');
    expect(markup.length).toBeLessThan(2_000);
    expect(markup).toContain('name="viewport"');
    expect(markup.match(/(src|href)="[^"]*"/g)).toEqual(['href="data:,"']);
    expect(page).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//);
    const options = page.slice(page.lastIndexOf('{"title"'));
    expect(options).toContain('"endpoint":"/graphql","subscriptionsProtocol":"WS"');
  });
});
