/**
 * `/explorer`: GraphiQL as one page that asks nothing of the internet; subscriptions go over graphql-ws to `/graphql`.
 *
 * The package that renders it is a development dependency: the build writes the page to `dist/explorer/`, and running
 * from the sources renders it on first use.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What an editor shows before anything is typed; region 13 is London. */
export const startingDocument = `# The grid in London now.
query GridNow {
  gridNow(regionId: 13) {
    from
    to
    region {
      regionId
      shortName
    }
    carbonIntensity {
      forecastGco2PerKwh
      outturnGco2PerKwh
      index
    }
    generationMix {
      fuel
      pct
    }
    renewablePct
    ageSeconds
  }
}

# Every change of it, as it happens.
subscription GridChanges {
  gridSignals(regionIds: [13]) {
    kind
    cursor
    signal {
      from
      region {
        regionId
      }
      carbonIntensity {
        forecastGco2PerKwh
      }
    }
    gap {
      from
      to
    }
  }
}
`;

/**
 * Holds the page to its word: nothing but this server is asked for anything.
 *
 * The page is one inline script that starts its language workers from blobs.
 */
export const explorerContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

export interface ExplorerPage {
  /** UTF-8, about 9 MB. */
  readonly html: Buffer;
  /** The same, to be sent with `content-encoding: gzip`; a quarter of that. */
  readonly gzip: Buffer;
}

const builtPage = new URL('../explorer/index.html', import.meta.url);

let page: Promise<ExplorerPage> | undefined;

/** Read or rendered once, on first use, then kept. A failure is not kept. */
export function loadExplorerPage(): Promise<ExplorerPage> {
  page ??= readOrRender().catch((error: unknown) => {
    page = undefined;
    throw error;
  });
  return page;
}

async function readOrRender(): Promise<ExplorerPage> {
  if (existsSync(builtPage)) {
    const [html, compressed] = await Promise.all([readFile(builtPage), readFile(new URL(`${builtPage}.gz`))]);
    return { html, gzip: compressed };
  }
  const html = Buffer.from(await renderExplorerPage());
  return { html, gzip: await promisify(gzip)(html) };
}

/** The page's HTML. @throws where development dependencies are not installed. */
export async function renderExplorerPage(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Pylon explorer',
    logo: mark,
    favicon: 'data:,',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    defaultQuery: startingDocument,
    defaultEditorToolsVisibility: false,
    // Headers carry API keys, which do not belong in a browser's storage.
    shouldPersistHeaders: false,
  });
  return withHead(html.trimStart());
}

const mark =
  '<svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="1.5">' +
  '<path d="M12 2 8 22M12 2l4 20M4 7h16M6 12h12M9 17h6"/></svg>';

/** What the renderer leaves out for phones: their own width, and the answer below the question instead of beside it. */
const head = `<meta name="viewport" content="width=device-width, initial-scale=1" />
<style>
@media (max-width: 700px) {
  .graphiql-container #graphiql-session { flex-direction: column }
  .graphiql-container .graphiql-horizontal-drag-bar { display: none }
  .graphiql-container :is(.graphiql-editors, .graphiql-response) { min-height: 0 }
}
</style>
`;

function withHead(html: string): string {
  const end = html.indexOf('</head>');
  if (end < 0) throw new Error('The explorer page is not of the form it was adapted for.');
  return html.slice(0, end) + head + html.slice(end);
}
