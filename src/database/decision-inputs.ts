import type pg from 'pg';
import type { DecisionInputs, InputProvenance, InputSignal } from '../domain/compute/decision-content.js';
import {
  lowCarbonPct,
  renewablePct,
  type GridSignal,
  type PriceGroup,
  type Provenance,
} from '../domain/grid-signal.js';
import { priceGroupOf } from '../domain/price-group.js';
import { readSignals, type GridSignalReader, type SignalKey } from './grid-signals.js';
import { readPrices } from './series/prices.js';
import { readStress, type GridStress } from './series/stress.js';

/** What was known: the last sequence, and the instant that shows exactly that for ever. */
export interface KnownThen {
  readonly asOf: Date;
  readonly sequence: bigint;
}

/**
 * What was known at an instant, or is known now. The instant answered is that of the newest event known then, if that is
 * earlier: nothing can still become known before it, so that the head of the log need not be locked to hold it.
 */
export async function readKnownThen(
  db: Pick<pg.Pool, 'query'>,
  asOf: Date | null,
  now: Date,
): Promise<KnownThen> {
  const { rows } = await db.query<{ as_of: Date | null; sequence: bigint }>({
    name: 'known-then',
    text: `select nullif(least($1, h.last_known_at), '-infinity') as as_of,
        case when coalesce($1 < h.last_known_at, false)
          then coalesce((select c.last_sequence from event_commits c where c.known_at <= $1 order by c.known_at desc limit 1), 0)
          else h.last_sequence end as sequence
      from event_head h`,
    values: [asOf],
  });
  const [row] = rows;
  if (!row) throw new Error('event_head has no row');
  return { asOf: row.as_of ?? asOf ?? now, sequence: row.sequence };
}

/**
 * The values of some signals as they were known, for a decision's content; null in the place of one of which nothing was.
 *
 * @throws {PylonError} DATA_ARCHIVED
 */
export async function readInputSignals(
  reader: GridSignalReader,
  keys: readonly SignalKey[],
  { sequence }: KnownThen,
): Promise<(InputSignal | null)[]> {
  const halfHours = keys.map(({ from }) => ({ from, asOf: sequence }));
  const signals = await readSignals(reader, keys, sequence);
  const stresses = await readStress(reader, halfHours);
  const prices = await readPrices(reader, halfHours, ['MARKET_INDEX', 'FORECAST']);
  return keys.map((_, i) => {
    const signal = signals[i];
    return signal ? inputOf(signal, stresses[i] ?? null, priceGroupOf(prices[i] ?? [])) : null;
  });
}

const inputOf = (signal: GridSignal, stress: GridStress | null, price: PriceGroup | null): InputSignal => ({
  regionId: signal.regionId,
  from: signal.from.toISOString(),
  carbon: signal.carbon && { ...signal.carbon, provenance: provenanceOf(signal.carbon.provenance) },
  renewables: signal.mix && {
    renewablePct: renewablePct(signal) ?? 0,
    lowCarbonPct: lowCarbonPct(signal) ?? 0,
    kind: signal.mix.kind,
    provenance: provenanceOf(signal.mix.provenance),
  },
  stress: stress && {
    gridStress: stress.stress,
    formula: stress.formula,
    provenance: provenanceOf(stress.provenance),
  },
  price: price && { ...price, provenance: provenanceOf(price.provenance) },
});

const provenanceOf = ({ source, quality, issuedAt, knownAt }: Provenance): InputProvenance => ({
  source,
  quality,
  issuedAt: issuedAt?.toISOString() ?? null,
  knownAt: knownAt.toISOString(),
});

/** A decision that used no signal. */
export const NO_SIGNALS: Pick<DecisionInputs, 'asOf' | 'sequence' | 'signals'> = {
  asOf: null,
  sequence: null,
  signals: [],
};
