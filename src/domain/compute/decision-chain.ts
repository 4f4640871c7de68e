/** What a decision's hash is made of. */
export interface ChainLink {
  readonly previousHash: string;
  /** From 1 on, without holes. */
  readonly number: number;
  readonly decidedAt: Date;
  readonly content: string;
}

/** Where a chain ends: how many decisions it has, and the hash of the last one. */
export interface ChainHead {
  readonly count: number;
  readonly hash: string;
}

/** What the hash of the first decision's predecessor is the SHA-256 of. */
export const GENESIS_TEXT = 'pylon decisions';

/**
 * The text whose SHA-256 is a decision's hash; `decision_hash` of the database makes the same. Only the last of its five
 * lines can itself hold line feeds, so that no two decisions have the same text.
 *
 * @throws {RangeError} when the instant is invalid.
 */
export const chainText = ({ previousHash, number, decidedAt, content }: ChainLink): string =>
  ['pylon decision 1', previousHash, number, decidedAt.toISOString(), content].join('\n');

/** A head as it is published and passed to `--head`: `COUNT:HASH`. */
export const formatHead = ({ count, hash }: ChainHead): string => `${count}:${hash}`;

/** The head written as `COUNT:HASH`; null for any other form. */
export function parseHead(text: string): ChainHead | null {
  const [, count, hash] = /^(0|[1-9]\d{0,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  return count === undefined || hash === undefined ? null : { count: Number(count), hash };
}
