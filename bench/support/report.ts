/** What benchmarks print: one line a figure, `name: value (limit X) ratio R — ok|MISS`. */

/** Figures beyond their limit in this file's run. */
const missed: string[] = [];

export interface LimitedFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: { readonly atMost: number } | { readonly atLeast: number };
}

/** A figure beside its limit. The ratio is value ÷ limit. */
export function againstLimit({ name, value, unit, limit }: LimitedFigure): void {
  const [bound, sign] = 'atMost' in limit ? [limit.atMost, '≤'] : [limit.atLeast, '≥'];
  const kept = 'atMost' in limit ? value <= bound : value >= bound;
  say(
    `${name}: ${shown(value)} ${unit} (limit ${sign} ${shown(bound)}) ratio ${(value / bound).toFixed(2)} — ${verdict(name, kept)}`,
  );
}

export interface ComparedFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string;
  readonly peerValue: number;
  /** Largest value ÷ peer that is good enough; left out where the figure is only to be known. */
  readonly atMost?: number;
}

/** A figure beside that of a peer measured in the same run. The ratio is value ÷ peer. */
export function againstPeer({ name, value, unit, peer, peerValue, atMost }: ComparedFigure): void {
  const ratio = value / peerValue;
  const limit = atMost === undefined ? '' : ` (limit ≤ ${atMost} ×)`;
  const end = atMost === undefined ? '' : ` — ${verdict(name, ratio <= atMost)}`;
  say(
    `${name}: ${shown(value)} ${unit}, ${peer} ${shown(peerValue)}${limit} ratio ${ratio.toFixed(2)}${end}`,
  );
}

/** A claim that holds or does not. */
export function claim(name: string, holds: boolean, found: string): void {
  say(`${name}: ${found} — ${verdict(name, holds)}`);
}

/** Something to know beside the figures. */
export const note = (text: string): void => say(`    ${text}`);

/** Closes a file's report. */
export function sayMisses(title: string): void {
  if (missed.length > 0)
    say(`*** MISS *** ${title}: ${missed.length} beyond the limit: ${missed.join('; ')}`);
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Three significant digits or all whole ones. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function verdict(name: string, holds: boolean): string {
  if (!holds) missed.push(name);
  return holds ? 'ok' : 'MISS';
}
