import type { Context } from '../context.js';
import {
  readDemandReadingPage,
  type DemandReading,
  type DemandReadingPlace,
} from '../database/series/demand-readings.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../domain/keyset-cursor.js';
import { asOfOf } from './as-of.js';
import type { SpanArgs } from './demand.js';
import { pageOf, pageSize, positionAfter, type Page } from './page.js';
import { instantRange } from './instant-range.js';

const LONGEST_DAYS = 31;

/** Answers `demandReadings`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function demandReadings(args: SpanArgs, context: Context): Promise<Page<DemandReading>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const range = instantRange(args.from, args.to, LONGEST_DAYS);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readDemandReadingPage(context.database.reader, {
    ...range,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(rows, size, after, ({ at, recordType }) =>
    encodeKeyset('r1', [at.getTime(), recordType ?? '']),
  );
}

function decodeCursor(text: string): DemandReadingPlace | null {
  const [ms, recordType] = decodeKeyset('r1', ['number', 'string'], text) ?? [];
  const at = instantAt(ms ?? Number.NaN);
  return at && recordType !== undefined ? { at, recordType } : null;
}
