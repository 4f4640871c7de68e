/** What anyone can do whose machine cannot run the embedded server. */
export const OWN_SERVER = 'set DATABASE_URL to a PostgreSQL (15 or newer) of your own';

/** An error whose message says what failed, where, and what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** Such an error; the cause's own words stand between what failed and the remedy. */
export function failure(what: string, remedy: string, cause?: unknown): EmbeddedPostgresError {
  const because = cause === undefined ? '' : `: ${wordsOf(cause)}`;
  return new EmbeddedPostgresError(`${what}${because}. ${remedy}.`, cause === undefined ? {} : { cause });
}

/** Runs a task, and gives its unforeseen errors (a full disk, a lost mount) a message that says where and what to do. */
export async function explained<Result>(what: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw failure(what, `Correct that, or set PYLON_DATA_DIR to another folder, or ${OWN_SERVER}`, error);
  }
}

/** The text of whatever was thrown, without a full stop at its end. */
export function wordsOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || codeOf(thrown) || thrown.name : String(thrown);
  return text.trim().replace(/\.$/, '');
}

/** `code` of a system or PostgreSQL error (`ENOENT`, `28P01`); empty when it has none. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}
