import type { Context } from '../context.js';
import {
  readObservationPage,
  readObservationsByKey,
  readRunObservations,
  type Observation,
  type ObservationKey,
} from '../database/observations.js';
import { KIND_CODES, type ObservationKind, type Quality } from '../domain/codes.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import { isHalfHour } from '../domain/half-hour.js';
import { formatMinute, parseMinute } from '../domain/instant.js';
import { asOfOf } from './as-of.js';
import { halfHourRange } from './half-hour-range.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';
import { requireRegion } from './regions.js';
import { nodeOf, type SignalNode } from './signal-node.js';

const LONGEST_DAYS = 31;
const KINDS = Object.keys(KIND_CODES) as ObservationKind[];

/** Text of an observation's key: its global id and its cursor. */
export const observationId = (key: ObservationKey): string =>
  `${key.regionId}.${key.sourceId}.${key.kind}.${formatMinute(key.from)}.${key.sequence}`;

export function parseObservationId(text: string): ObservationKey | null {
  const match = /^(\d{1,2})\.(\d{1,5})\.([A-Z]+)\.([^.]{17})\.(\d{1,19})$/.exec(text);
  if (!match) return null;
  const [, region = '', source = '', kind = '', minute = '', sequence = ''] = match;
  const from = parseMinute(minute);
  if (!from || !isHalfHour(from) || !(kind in KIND_CODES) || Number(source) > 32767) return null;
  const digits = BigInt(sequence);
  return digits < 2n ** 63n
    ? {
        regionId: Number(region),
        sourceId: Number(source),
        kind: kind as ObservationKind,
        from,
        sequence: digits,
      }
    : null;
}

/** Cursors of one connection: opaque, told from those of others by their mark. */
const cursorsMarked = (mark: string) => ({
  encode: (row: ObservationKey): string => toBase64url(`${mark}.${observationId(row)}`),
  decode: (text: string): ObservationKey | null => {
    const plain = fromBase64url(text);
    return plain?.startsWith(`${mark}.`) ? parseObservationId(plain.slice(mark.length + 1)) : null;
  },
});
const byHalfHour = cursorsMarked('o1');
const byRun = cursorsMarked('r1');

/** Answers `node` for observations: null in the place of an id that nothing has. */
export async function observationsById(
  ids: readonly string[],
  { database }: Context,
): Promise<(Observation | null)[]> {
  const keys = ids.map(parseObservationId);
  const found = await readObservationsByKey(
    database.reader,
    keys.filter((key) => key !== null),
  );
  let next = 0;
  return keys.map((key) => (key ? (found[next++] ?? null) : null));
}

/** Answers `Observation.signal`: there is one, since every statement leaves one behind. @throws {PylonError} DATA_MISSING */
export async function observationSignal(
  { regionId, from }: Observation,
  _args: unknown,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<SignalNode> {
  const signal = await loaders.signal.load({ regionId, from, asOf: null });
  if (!signal)
    throw new PylonError('DATA_MISSING', `region ${regionId} has no signal at ${formatMinute(from)}`);
  return nodeOf(signal, null);
}

export interface ObservationArgs extends PageArgs {
  readonly regionId: number;
  readonly from: Date;
  readonly to: Date;
  readonly sources?: readonly string[] | null | undefined;
  readonly kinds?: readonly ObservationKind[] | null | undefined;
  readonly quality?: Quality | null | undefined;
  readonly asOf?: Date | null | undefined;
}

/** Answers `observations`. @throws {PylonError} BAD_USER_INPUT, REGION_NOT_FOUND, SOURCE_NOT_FOUND, BAD_CURSOR */
export async function observationPage(args: ObservationArgs, context: Context): Promise<Page<Observation>> {
  const { database } = context;
  const size = pageSize(args);
  const after = positionAfter(args.after, byHalfHour.decode);
  const range = halfHourRange(args.from, args.to, LONGEST_DAYS);
  requireRegion(args.regionId);
  const codes = database.sources.entries.map(({ code }) => code);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readObservationPage(database.reader, {
    ...range,
    regionId: args.regionId,
    sourceIds: chosen('sources', args.sources, codes).map((code) => database.sources.idOf(code)),
    kinds: chosen('kinds', args.kinds, KINDS),
    quality: args.quality ?? null,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(rows, size, after, byHalfHour.encode);
}

/** A filter's values, each once; all when it was left out. @throws {PylonError} BAD_USER_INPUT when it names none */
function chosen<Value>(
  name: string,
  given: readonly Value[] | null | undefined,
  all: readonly Value[],
): readonly Value[] {
  if (given?.length === 0)
    throw new PylonError('BAD_USER_INPUT', `${name} is empty; leave it out to ask for all`);
  return given ? [...new Set(given)] : all;
}

/** Answers `IngestRun.observations`: what that run stored, in log order. */
export async function runObservations(
  run: {
    readonly ingestRunId: number;
    readonly firstSequence: bigint | null;
    readonly lastSequence: bigint | null;
    readonly windowFrom: Date;
    readonly windowTo: Date;
  },
  args: PageArgs,
  { database }: Context,
): Promise<Page<Observation>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, byRun.decode);
  const { ingestRunId, firstSequence, lastSequence, windowFrom, windowTo } = run;
  if (firstSequence === null || lastSequence === null)
    return pageOf<Observation>([], size, after, byRun.encode);
  const rows = await readRunObservations(
    database.reader,
    { ingestRunId, firstSequence, lastSequence, windowFrom, windowTo },
    { after, limit: size + 1 },
  );
  return pageOf(rows, size, after, byRun.encode);
}
