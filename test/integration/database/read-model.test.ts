import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents, readLogHead, type LogEvent } from '../../../src/database/event-log.js';
import { signalsAsOf } from '../../../src/database/grid-signals-as-of.js';
import {
  readSignalPage,
  readSignals,
  readSignalsAt,
  type SignalKey,
  type SignalRow,
} from '../../../src/database/grid-signals.js';
import { readObservations } from '../../../src/database/observations.js';
import type { SourceCatalog } from '../../../src/database/source-catalog.js';
import type { GridSignal } from '../../../src/domain/grid-signal.js';
import type { GridStatement } from '../../../src/domain/grid-statement.js';
import { addHalfHours } from '../../../src/domain/half-hour.js';
import { settlementPeriodOf } from '../../../src/domain/settlement-period.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { fold, isNews, type Folded, type Said } from './fold.js';
import { aMix, counted, createWriters, type TestSource, type Writer } from './writers.js';

const SOURCES: readonly TestSource[] = [
  { id: 'real-a', quality: 'REAL', priority: 200 },
  { id: 'real-b', quality: 'REAL', priority: 200 },
  { id: 'real-low', quality: 'REAL', priority: 100 },
  { id: 'real-gb', quality: 'REAL', priority: 300, regionIds: [18] },
  { id: 'synthetic-high', quality: 'SYNTHETIC', priority: 900 },
  { id: 'synthetic-low', quality: 'SYNTHETIC', priority: 0 },
];
const REGIONS = [13, 18];
const HALF_HOURS = 3;
/** Clocks go forward here, and the month ends two days later. */
const BEGIN = new Date('2026-03-29T00:30Z');

/** A statement whose half hour is still counted from the start of the case. */
interface Draft extends Omit<GridStatement, 'from'> {
  readonly halfHour: number;
}
interface DraftRun {
  readonly source: number;
  readonly backfill: boolean;
  readonly statements: readonly Draft[];
}

const draft: fc.Arbitrary<Draft> = fc
  .record({
    regionId: fc.constantFrom(...REGIONS),
    halfHour: fc.nat(HALF_HOURS - 1),
    kind: fc.constantFrom('FORECAST' as const, 'OUTTURN' as const),
    issuedAt: fc.constantFrom(null, new Date('2026-03-28T10:00Z'), new Date('2026-03-28T11:00Z')),
    intensityGco2PerKwh: fc.constantFrom(null, 0, 1, 2),
    index: fc.constantFrom(null, 'LOW' as const, 'HIGH' as const),
    mix: fc.constantFrom(null, null, aMix(0), aMix(400), aMix(400, 'tidal')),
  })
  .filter(({ intensityGco2PerKwh, mix }) => intensityGco2PerKwh !== null || mix !== null)
  .map((each) => (each.intensityGco2PerKwh === null ? { ...each, index: null } : each));

const draftRun: fc.Arbitrary<DraftRun> = fc.record({
  source: fc.nat(SOURCES.length - 1),
  backfill: fc.constantFrom(false, false, false, true),
  statements: fc.uniqueArray(draft, {
    minLength: 1,
    maxLength: 8,
    selector: ({ regionId, halfHour, kind }) => `${regionId} ${halfHour} ${kind}`,
  }),
});

describe('the read model and the history', () => {
  let database: TestDatabase;
  let catalog: SourceCatalog;
  let writers: readonly Writer[];
  let cases = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ catalog, writers } = await createWriters(database, SOURCES));
  });
  afterAll(() => database.drop());

  /** Each case has half hours of its own: the database is not emptied between. */
  function freshKeys(): SignalKey[] {
    const begin = addHalfHours(BEGIN, HALF_HOURS * cases++);
    return Array.from({ length: HALF_HOURS }, (_, i) => addHalfHours(begin, i)).flatMap((from) =>
      REGIONS.map((regionId) => ({ regionId, from })),
    );
  }

  const reader = () => ({
    db: database.pool,
    sources: catalog,
    servesSynthetic: true,
    archive: database.reader.archive,
  });

  /** Rebuilt from the observations, whatever the read model says. */
  const rebuilt = (keys: readonly SignalKey[], asOf: bigint): Promise<(GridSignal | null)[]> =>
    signalsAsOf(
      reader(),
      keys.map(({ regionId, from }) => {
        const { settlementDate, settlementPeriod } = settlementPeriodOf(from);
        const row = {
          region_id: regionId,
          from_at: from,
          settlement_date: settlementDate,
          settlement_period: settlementPeriod,
        } as SignalRow;
        return { row, asOf };
      }),
    );

  it(
    'agree with a plain fold over everything said, now and as of every earlier commit and event',
    { timeout: 20 * 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(draftRun, { minLength: 1, maxLength: 8 }), async (runs) => {
          const keys = freshKeys();
          const indexOf = ({ regionId, from }: SignalKey): number =>
            keys.findIndex((key) => key.regionId === regionId && key.from.getTime() === from.getTime());
          const histories = keys.map((): Said[] => []);
          const { lastSequence: begin } = await readLogHead(database.pool);
          const answers: { readonly sequence: bigint; readonly signals: (GridSignal | null)[] }[] = [
            { sequence: begin, signals: keys.map(() => null) },
          ];
          let end = begin;
          for (const [number, run] of runs.entries()) {
            const writer = writers[run.source];
            if (!writer) throw new Error('no such writer');
            const statements = run.statements
              .map(({ halfHour, ...rest }) => ({
                ...rest,
                from: addHalfHours(keys[0]?.from ?? BEGIN, halfHour),
              }))
              .filter(({ regionId }) => writer.regionIds?.includes(regionId) ?? true);
            const news = statements.filter((statement) =>
              isNews(histories[indexOf(statement)] ?? [], writer, statement),
            );
            const before = histories.map(fold);
            const spokenOf = histories.map((history) => history.some(({ by }) => by.id === writer.id));

            const outcome = await writer.write(statements, run.backfill ? { mode: 'BACKFILL' } : {});

            const touched = [...new Set(news.map(indexOf))];
            expect(outcome.rowsChanged).toBe(touched.length);
            expect(outcome.rowsNew).toBe(touched.filter((i) => !spokenOf[i]).length);
            const events = await readEvents(database.pool, { after: end, limit: 1000 });
            const knownAt = events.at(-1)?.knownAt ?? new Date(0);
            for (const statement of [...news].sort((a, b) => (a.kind < b.kind ? -1 : 1)))
              histories[indexOf(statement)]?.push({ by: writer, run: number, knownAt, statement });
            const after = histories.map(fold);
            const changed = after.flatMap((folded, i) => (sameServed(folded, before[i]) ? [] : [i]));
            expectEvents(events, end, {
              runId: news.length > 0 || run.backfill ? outcome.runId : null,
              changed: run.backfill ? [] : changed,
              keys,
            });
            end = events.at(-1)?.sequence ?? end;
            expect(outcome.lastSequence).toBe(events.length > 0 ? end : null);

            const newest = await readSignals(reader(), keys, null);
            expect(newest.map(groupsOf)).toEqual(after.map(({ carbon, mix }) => ({ carbon, mix })));
            expect(await readSignals(reader(), keys, end)).toEqual(newest);
            expect(
              (await rebuilt(keys, end)).map((signal) => (signal?.carbon || signal?.mix ? signal : null)),
            ).toEqual(newest);
            expect(await page(keys, null)).toEqual(newest.filter((signal) => signal !== null));
            answers.push({ sequence: end, signals: newest });
            await expectShownAsOfTheirEvents(events, answers);
          }
          for (const { sequence, signals } of answers) {
            expect(await readSignals(reader(), keys, sequence)).toEqual(signals);
            expect(await page(keys, sequence)).toEqual(signals.filter((signal) => signal !== null));
          }
          const stored = await readObservations(reader(), keys, null);
          expect(stored.map((list) => list.length)).toEqual(histories.map((history) => history.length));
        }),
        { numRuns: counted(40, 1500), endOnFailure: process.env['PYLON_SOAK'] !== undefined },
      );

      async function page(keys: readonly SignalKey[], asOf: bigint | null): Promise<GridSignal[]> {
        const from = keys[0]?.from ?? BEGIN;
        const range = { from, to: addHalfHours(from, HALF_HOURS) };
        const first = await readSignalPage(reader(), {
          ...range,
          regionIds: REGIONS,
          after: null,
          limit: 2,
          asOf,
        });
        const last = first.at(-1);
        if (!last) return [];
        const rest = await readSignalPage(reader(), {
          ...range,
          regionIds: REGIONS,
          after: last,
          limit: 100,
          asOf,
        });
        return [...first, ...rest];
      }

      /** Each event shows the value it tells of, and the one before it what was there before. */
      async function expectShownAsOfTheirEvents(
        events: readonly LogEvent[],
        answers: readonly { readonly signals: readonly (GridSignal | null)[] }[],
      ): Promise<void> {
        const told = events.flatMap(({ regionId, from, sequence }) =>
          regionId !== null && from ? [{ regionId, from, sequence }] : [],
        );
        const [old, now] = answers.slice(-2).map(({ signals }) => signals);
        const find = (
          signals: readonly (GridSignal | null)[] | undefined,
          key: SignalKey,
        ): GridSignal | null =>
          signals?.find(
            (signal) => signal?.regionId === key.regionId && signal.from.getTime() === key.from.getTime(),
          ) ?? null;
        const at = (step: bigint) =>
          readSignalsAt(
            reader(),
            told.map((key) => ({ ...key, asOf: key.sequence - step })),
          );
        expect(await at(0n)).toEqual(told.map((key) => find(now, key)));
        expect(await at(1n)).toEqual(told.map((key) => find(old, key)));
      }
    },
  );
});

const sameServed = (a: Folded, b: Folded | undefined): boolean =>
  JSON.stringify(a.served) === JSON.stringify(b?.served);

const groupsOf = (signal: GridSignal | null) => ({
  carbon: signal?.carbon ?? null,
  mix: signal?.mix ?? null,
});

/** The signals that changed, each once, in order of half hour and region, then the run; numbered without a hole. */
function expectEvents(
  events: readonly LogEvent[],
  after: bigint,
  expected: {
    readonly runId: number | null;
    readonly changed: readonly number[];
    readonly keys: readonly SignalKey[];
  },
): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => after + BigInt(i) + 1n));
  const signals = expected.changed.map((i) => expected.keys[i]);
  expect(events.map(({ topic, regionId, from, objectId }) => ({ topic, regionId, from, objectId }))).toEqual([
    ...signals.map((key) => ({
      topic: 'GRID_SIGNALS',
      regionId: key?.regionId,
      from: key?.from,
      objectId: null,
    })),
    ...(expected.runId === null
      ? []
      : [{ topic: 'INGEST_RUNS', regionId: null, from: null, objectId: expected.runId }]),
  ]);
}
