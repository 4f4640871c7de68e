import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ELEXON_DATASETS, datasetByCode } from '../../src/ingest/elexon/catalogue.js';
import { pathOf } from '../../src/ingest/elexon/request.js';
import { runDataset } from '../../src/ingest/elexon/run.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startPublisher, type Publisher } from '../support/publisher.js';
import { createTestRunner, type TestRunner } from '../support/runner.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { RECORDED_DIR, SKIPPED_BECAUSE, recordedFiles } from './recorded-files.js';

type Row = Readonly<Record<string, unknown>>;

/** Around every recording. */
const WINDOW = { from: new Date('2026-07-31T00:00Z'), to: new Date('2026-09-01T00:00Z') };

describe.skipIf(!RECORDED_DIR)(
  `Elexon's data sets${RECORDED_DIR ? '' : ` (skipped: ${SKIPPED_BECAUSE})`}`,
  () => {
    const files = recordedFiles('elexon');
    let database: TestDatabase;
    let publisher: Publisher;
    let runner: TestRunner;
    let server: TestServer;

    beforeAll(async () => {
      database = await createTestDatabase();
      publisher = await startPublisher();
      runner = createTestRunner(database, publisher.url);
      server = await startTestServer(database);
    });
    afterAll(async () => {
      await server.stop();
      await runner.close();
      await publisher.close();
      await database.drop();
    });

    const rowsOf = (text: string): readonly Row[] => {
      const body = JSON.parse(text) as readonly Row[] | { readonly data: readonly Row[] };
      return 'data' in body ? body.data : body;
    };
    const nodesOf = async (query: string): Promise<readonly Row[]> => {
      const { data, errors } =
        await server.query<Record<string, { readonly edges: readonly { readonly node: Row }[] }>>(query);
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return Object.values(data)[0]?.edges.map(({ node }) => node) ?? [];
    };
    const bring = async (code: string, text: string): Promise<void> => {
      publisher.answer = () => JSON.parse(text) as unknown;
      const report = await runDataset(runner, {
        dataset: datasetByCode(code),
        window: WINDOW,
        mode: 'COMMAND',
        backfillId: null,
      });
      const rows = rowsOf(text);
      expect(report).toMatchObject({
        error: null,
        rowsRead: rows.length,
        rowsRefused: 0,
        rowsDuplicate: 0,
        rowsChanged: rows.length,
      });
    };
    const span = `from: "${WINDOW.from.toISOString()}", to: "${WINDOW.to.toISOString()}", first: 100`;

    it.each(files.filter(({ name }) => /\/pn_stream/.test(name)))(
      'serves every notification of $name',
      async ({ text }) => {
        await bring('PN', text);
        const rows = rowsOf(text);
        expect(rows.length).toBeGreaterThan(2);
        const nodes = await nodesOf(
          `{ physicalNotifications(bmUnit: "${String(rows[0]?.['bmUnit'])}", ${span}) { edges { node {
          bmUnit nationalGridBmUnit settlementDate settlementPeriod timeFrom timeTo levelFromMw levelToMw } } } }`,
        );
        const byTime = (a: Row, b: Row): number => String(a['timeFrom']).localeCompare(String(b['timeFrom']));
        expect([...nodes].sort(byTime)).toEqual(
          [...rows]
            .sort(byTime)
            .map(({ dataset: _dataset, levelFrom, levelTo, timeFrom, timeTo, ...row }) => ({
              ...row,
              timeFrom: new Date(String(timeFrom)).toISOString(),
              timeTo: new Date(String(timeTo)).toISOString(),
              levelFromMw: levelFrom,
              levelToMw: levelTo,
            })),
        );
      },
    );

    it.each(
      files
        .filter(({ name }) =>
          /\/(qpn|mels|mils|b1610|remit)_stream|\/(indo|itsdo|ndf_truncated)__/.test(name),
        )
        .map(({ name, text }) => ({
          name,
          text,
          code: /(\w+?)_/.exec(name.split('/').pop() ?? '')?.[1]?.toUpperCase() ?? '',
        })),
    )('serves every row of $name as it was recorded', async ({ text, code }) => {
      await bring(code, text);
      const nodes = await nodesOf(
        `{ datasetRecords(dataset: "${code}", ${span}) { edges { node { at bmUnit payload } } } }`,
      );
      const rows = rowsOf(text);
      const asText = (values: readonly unknown[]): string[] =>
        values
          .map((value) => JSON.stringify(Object.entries(value as Row).sort(([a], [b]) => (a < b ? -1 : 1))))
          .sort();
      expect(asText(nodes.map(({ payload }) => payload))).toEqual(asText(rows));
      for (const { at, bmUnit, payload } of nodes) {
        const row = payload as Row;
        const time = [row['timeFrom'], row['startTime'], code === 'REMIT' ? row['publishTime'] : null].find(
          isText,
        );
        // B1610 states the end of its half hour, without a zone.
        const stated =
          time ?? new Date(Date.parse(`${String(row['halfHourEndTime'])}Z`) - 1_800_000).toISOString();
        expect(Date.parse(String(at))).toBe(Date.parse(stated));
        expect(bmUnit).toBe(row['bmUnit'] ?? row['assetId'] ?? null);
      }
    });

    it('asks for every documented set on a documented route, with the parameters it needs and the fields it has', () => {
      const [openapi] = files.filter(({ name }) => name.includes('openapi'));
      const { paths, components } = JSON.parse(openapi?.text ?? '') as OpenApi;
      const documented = Object.keys(paths).flatMap(
        (path) => /^\/datasets\/([A-Z0-9]+)$/.exec(path)?.[1] ?? [],
      );
      expect(ELEXON_DATASETS.map(({ code }) => code)).toEqual(documented.sort());
      for (const dataset of ELEXON_DATASETS) {
        const { pathname, searchParams } = new URL(pathOf(dataset, WINDOW), 'http://publisher');
        const parameters = paths[pathname]?.get.parameters ?? [];
        const given = [...searchParams.keys()];
        expect([
          dataset.code,
          given.filter((name) => !parameters.some((each) => each.name === name)),
        ]).toEqual([dataset.code, []]);
        const needed = parameters.filter(({ required }) => required === true).map(({ name }) => name);
        expect([dataset.code, needed.filter((name) => !given.includes(name))]).toEqual([dataset.code, []]);
        expect([dataset.code, pathname.endsWith('/stream')]).toEqual([
          dataset.code,
          `/datasets/${dataset.code}/stream` in paths,
        ]);

        const described = paths[`/datasets/${dataset.code}`]?.get;
        const answer = described?.responses['200'].content['application/json'].schema.$ref ?? '';
        const item = components.schemas[nameOf(answer)]?.properties['data']?.items?.$ref ?? '';
        const fields = Object.keys(components.schemas[nameOf(item)]?.properties ?? {});
        const used = [
          ...(dataset.at === 'settlement' ? ['settlementDate', 'settlementPeriod'] : [dataset.at]),
          ...dataset.keys,
        ];
        // Recorded rows of B1610 say which settlement run they are of, and the document does not know it.
        expect([dataset.code, used.filter((name) => !fields.includes(name))]).toEqual([dataset.code, []]);
        const limit =
          /maximum (?:data output )?(?:date )?(?:range|limit) of (?:\d+ years? \()?(\d+) (day|hour)/i.exec(
            (described?.description ?? '').replaceAll(/\s+/g, ' '),
          );
        if (!limit) continue;
        const days = Number(limit[1]) / (limit[2] === 'hour' ? 24 : 1);
        expect([dataset.code, dataset.windowDays]).toEqual([
          dataset.code,
          Math.min(dataset.windowDays, days),
        ]);
      }
    });
  },
);

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly description?: string;
          readonly parameters?: readonly { readonly name: string; readonly required?: boolean }[];
          readonly responses: {
            readonly '200': {
              readonly content: {
                readonly 'application/json': { readonly schema: { readonly $ref?: string } };
              };
            };
          };
        };
      }
    >
  >;
  readonly components: {
    readonly schemas: Readonly<
      Record<
        string,
        { readonly properties: Readonly<Record<string, { readonly items?: { readonly $ref?: string } }>> }
      >
    >;
  };
}

const nameOf = (ref: string): string => ref.replace('#/components/schemas/', '');

const isText = (value: unknown): value is string => typeof value === 'string';
