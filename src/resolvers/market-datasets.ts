import type { Context } from '../context.js';
import { readRecordPage, type RecordPosition, type StoredRecord } from '../database/dataset-records.js';
import { readMarketDatasets } from '../database/market-datasets.js';
import { readNotificationPage, type StoredNotification } from '../database/physical-notifications.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import type { DatasetStatus, MarketDataset } from '../domain/market-dataset.js';
import { PHYSICAL_NOTIFICATIONS, datasetByCode, isKnown } from '../ingest/elexon/catalogue.js';
import { asOfOf } from './as-of.js';
import { instantRange } from './instant-range.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';

export type { MarketDataset } from '../domain/market-dataset.js';
export type { StoredNotification } from '../database/physical-notifications.js';
export type { StoredRecord } from '../database/dataset-records.js';

const LONGEST_DAYS = 366;

/** Answers `marketDatasets`, by code: what the last `pylon datasets discover` found. */
export const marketDatasets = (
  { status }: { readonly status?: DatasetStatus | null | undefined },
  { database }: Pick<Context, 'database'>,
): Promise<MarketDataset[]> => readMarketDatasets(database.pool, { status: status ?? null });

/** Answers `DatasetRecord.marketDataset`: null for a set that was never tried. */
export const recordDataset = (
  { dataset }: StoredRecord,
  _args: unknown,
  { loaders }: Pick<Context, 'loaders'>,
): Promise<MarketDataset | null> => loaders.marketDataset.load(dataset);

interface SpanArgs extends PageArgs {
  readonly from: Date;
  readonly to: Date;
  readonly asOf?: Date | null | undefined;
}

export interface RecordArgs extends SpanArgs {
  readonly dataset: string;
  readonly bmUnit?: string | null | undefined;
}

const recordCursor = ({ at, key }: RecordPosition): string =>
  toBase64url(`d1.${at.toISOString()}.${encodeURIComponent(key)}`);

function decodeRecordCursor(text: string): RecordPosition | null {
  const [, time = '', key = ''] = /^d1\.([^.]{19}\.\d{3}Z)\.(.*)$/.exec(fromBase64url(text) ?? '') ?? [];
  const at = instantOf(time);
  if (!at) return null;
  try {
    const plain = decodeURIComponent(key);
    // One text a position: what would be written otherwise is no cursor of ours.
    return encodeURIComponent(plain) === key && !plain.includes('\0') ? { at, key: plain } : null;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function instantOf(text: string): Date | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) || at.toISOString() !== text ? null : at;
}

/** Answers `datasetRecords`. @throws {PylonError} BAD_USER_INPUT, SOURCE_NOT_FOUND, BAD_CURSOR */
export async function datasetRecords(args: RecordArgs, context: Context): Promise<Page<StoredRecord>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeRecordCursor);
  const span = instantRange(args.from, args.to, LONGEST_DAYS);
  const { code } = datasetByCode(args.dataset);
  if (code === PHYSICAL_NOTIFICATIONS)
    throw new PylonError(
      'BAD_USER_INPUT',
      `dataset: ${code} has a type of its own; ask physicalNotifications`,
    );
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readRecordPage(context.database.reader, {
    ...span,
    dataset: code,
    bmUnit: unitOf(args.bmUnit),
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(rows, size, after, recordCursor);
}

/** Answers `MarketDataset.records`: null where its rows are no records, or this version cannot fetch them. */
export const recordsOf = (
  { code }: MarketDataset,
  args: Omit<RecordArgs, 'dataset'>,
  context: Context,
): Promise<Page<StoredRecord>> | null =>
  code === PHYSICAL_NOTIFICATIONS || !isKnown(code)
    ? null
    : datasetRecords({ ...args, dataset: code }, context);

export interface NotificationArgs extends SpanArgs {
  readonly bmUnit: string;
}

const notificationCursor = ({ timeFrom }: StoredNotification): string =>
  toBase64url(`n1.${timeFrom.toISOString()}`);

function decodeNotificationCursor(text: string): Date | null {
  const plain = fromBase64url(text);
  return plain?.startsWith('n1.') ? instantOf(plain.slice(3)) : null;
}

/** Answers `physicalNotifications`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export async function physicalNotifications(
  args: NotificationArgs,
  context: Context,
): Promise<Page<StoredNotification>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeNotificationCursor);
  const span = instantRange(args.from, args.to, LONGEST_DAYS);
  const asOf = await asOfOf(args.asOf, context);
  const rows = await readNotificationPage(context.database.reader, {
    ...span,
    bmUnit: unitOf(args.bmUnit) ?? '',
    after,
    limit: size + 1,
    asOf: asOf?.sequence ?? null,
  });
  return pageOf(rows, size, after, notificationCursor);
}

/** @throws {PylonError} BAD_USER_INPUT for what no unit is named. */
function unitOf(bmUnit: string | null | undefined): string | null {
  if (bmUnit == null) return null;
  if (bmUnit === '' || bmUnit.length > 60 || bmUnit.includes('\0'))
    throw new PylonError(
      'BAD_USER_INPUT',
      `bmUnit: ${JSON.stringify(bmUnit.slice(0, 40))} is no id of a BM unit, such as T_DRAXX-1`,
    );
  return bmUnit;
}
