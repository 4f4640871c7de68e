import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGIONAL, forecasts, startGrid, type Grid } from '../integration/graph/grid.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const missing = !existsSync(CHROMIUM);
if (missing)
  console.warn(
    `test/e2e/browser.test.ts is skipped: there is no ${CHROMIUM}; set CHROMIUM_PATH to a Chromium`,
  );

const NOW = new Date('2026-03-02T12:34:00Z');
const HALF_HOUR = new Date('2026-03-02T12:30:00Z');
const LONDON = 13;
/** A page of 9 MB takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000 };

describe.skipIf(missing)('in a browser without internet', () => {
  let grid: Grid;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Hosts that were asked for anything; what a page makes itself has none. */
  let hosts: Set<string>;
  /** What our own content security policy kept a page from doing. */
  const refusals: string[] = [];

  beforeAll(async () => {
    grid = await startGrid(NOW);
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 2, [LONDON], (_, i) => 100 + i),
    );
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      // As root there is no sandbox to be had; the pages are our own.
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    context = await browser.newContext();
    page = await context.newPage();
    hosts = new Set();
    const here = new URL(grid.server.url).host;
    await context.route('**/*', async (route) => {
      const { protocol, host } = new URL(route.request().url());
      if (protocol.startsWith('http')) hosts.add(host);
      return host === here || !protocol.startsWith('http')
        ? route.continue()
        : route.abort('internetdisconnected');
    });
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refusals.push(message.text());
    });
    page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  });
  afterAll(async () => {
    await browser.close();
    await grid.close();
  });

  const execute = async (operation: string): Promise<void> => {
    await page.getByRole('button', { name: /execute query/i }).click();
    await page.getByRole('menuitem', { name: operation }).click();
  };
  const answer = (): Promise<string> => page.locator('.graphiql-response').innerText();

  it('the explorer runs a query and a subscription, and asks nobody but this server', async () => {
    await page.goto(`${grid.server.url}/explorer`);
    await execute('GridNow');
    await expect.poll(answer, PATIENCE).toMatch(/"forecastGco2PerKwh":\s*100/);

    await execute('GridChanges');
    await expect.poll(answer, PATIENCE).toMatch(/"kind":\s*"READY"/);
    await grid.record(
      REGIONAL,
      forecasts(HALF_HOUR, 1, [LONDON], () => 77),
    );
    await expect.poll(answer, PATIENCE).toMatch(/"kind":\s*"CHANGE"[^]*"forecastGco2PerKwh":\s*77/);
    await page.getByRole('button', { name: /stop query/i }).click();

    await expect.poll(() => grid.server.hub.subscriberCount, PATIENCE).toBe(0);
    expect([...hosts]).toEqual([new URL(grid.server.url).host]);
    expect(refusals).toEqual([]);
  }, 120_000);

  it('the endpoint tells what to do instead of showing Apollo Sandbox, which comes from elsewhere', async () => {
    await page.goto(`${grid.server.url}/graphql`);
    await page.getByRole('heading', { name: 'Pylon’s GraphQL endpoint' }).waitFor();
    expect(await page.locator('#sandbox').isVisible()).toBe(false);
    expect(await page.locator('main').innerText()).toContain(`${grid.server.url}/graphql`);
    expect(await page.locator('main').innerText()).toContain(
      `${grid.server.url.replace('http', 'ws')}/graphql`,
    );
    expect([...hosts].sort()).toEqual(
      [new URL(grid.server.url).host, 'embeddable-sandbox.cdn.apollographql.com'].sort(),
    );
    expect(refusals).toEqual([]);
    await page.getByRole('link', { name: 'Open the explorer' }).click();
    await page.getByRole('button', { name: /execute query/i }).waitFor();
    expect(page.url()).toBe(`${grid.server.url}/explorer`);
  }, 120_000);
});
