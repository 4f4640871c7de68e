import type { Context } from '../context.js';
import { fromBase64url, toBase64url } from '../domain/base64url.js';
import { PylonError } from '../domain/errors.js';
import type { IngestRun } from '../generated/prisma/client.js';
import { pageOf, pageSize, positionAfter, type Page, type PageArgs } from './page.js';

const LARGEST_ID = 2 ** 31 - 1;

/** A run's id as text: in its global id and its cursor. Null for what no run can have. */
function parseRunId(text: string): number | null {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Infinity;
  return id <= LARGEST_ID ? id : null;
}

const encodeCursor = ({ ingestRunId }: IngestRun): string => toBase64url(`i1.${ingestRunId}`);
function decodeCursor(text: string): number | null {
  const plain = fromBase64url(text);
  return plain?.startsWith('i1.') ? parseRunId(plain.slice(3)) : null;
}

export interface IngestRunsArgs extends PageArgs {
  /** Code of a source; all when left out. */
  readonly source?: string | null | undefined;
  readonly status?: IngestRun['status'] | null | undefined;
}

/** Answers `ingestRuns` and `SourceHealth.runs`, newest first. @throws {PylonError} BAD_USER_INPUT, SOURCE_NOT_FOUND, BAD_CURSOR */
export async function ingestRuns(
  args: IngestRunsArgs,
  { database }: Pick<Context, 'database'>,
): Promise<Page<IngestRun>> {
  const size = pageSize(args);
  const after = positionAfter(args.after, decodeCursor);
  const rows = await database.prisma.ingestRun.findMany({
    where: {
      ...(args.source != null ? { sourceId: database.sources.idOf(args.source) } : {}),
      ...(args.status ? { status: args.status } : {}),
      ...(after === null ? {} : { ingestRunId: { lt: after } }),
    },
    orderBy: { ingestRunId: 'desc' },
    take: size + 1,
  });
  return pageOf(rows, size, after, encodeCursor);
}

/** Answers `node` for runs: null in the place of an id that nothing has. */
export const ingestRunsById = (
  ids: readonly string[],
  { loaders }: Pick<Context, 'loaders'>,
): Promise<(IngestRun | null)[]> =>
  Promise.all(
    ids.map(async (text) => {
      const id = parseRunId(text);
      return id === null ? null : loaders.ingestRun.load(id).catch(nullWhereMissing);
    }),
  );

function nullWhereMissing(error: unknown): null {
  if (error instanceof PylonError && error.code === 'DATA_MISSING') return null;
  throw error;
}
