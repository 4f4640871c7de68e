import type { Context } from '../context.js';
import { readFrequencyPage, type FrequencyReading } from '../database/series/frequency.js';
import { decodeKeyset, encodeKeyset, instantAt } from '../domain/keyset-cursor.js';
import { asOfOf } from './as-of.js';
import type { SpanArgs } from './demand.js';
import { pageOf, pageSize, positionAfter, type Page } from './page.js';
import { instantRange } from './instant-range.js';

const LONGEST_DAYS = 31;

/** Answers `frequency`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function frequencyPage(args: SpanArgs, context: Context): Promise<Page<FrequencyReading>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const range = instantRange(args.from, args.to, LONGEST_DAYS);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readFrequencyPage(context.database.reader, {
    ...range,
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(rows, size, after, ({ at }) => encodeKeyset('f1', [at.getTime()]));
}

const decodeCursor = (text: string): Date | null =>
  instantAt(decodeKeyset('f1', ['number'], text)?.[0] ?? Number.NaN);
