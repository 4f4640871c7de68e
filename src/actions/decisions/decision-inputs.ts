import type { ActionTransaction } from '../../database/actions.js';
import { NO_SIGNALS, readInputSignals, readKnownThen } from '../../database/decision-inputs.js';
import { textOf, type SignalKey } from '../../database/grid-signals.js';
import type { DecisionInputs } from '../../domain/compute/decision-content.js';
import { Refused, type Fault } from '../../domain/refusal.js';

interface AskedInputs {
  readonly regionId: number | null;
  readonly signalFrom: Date | null;
  readonly signals: readonly SignalKey[];
  readonly asOf: Date | null;
  readonly inputs: Readonly<Record<string, unknown>> | null;
}

/** What was known is known of a past instant. */
export const asOfFaults = (asOf: Date | null, now: Date): Fault[] =>
  asOf !== null && asOf > now
    ? [{ path: 'input.asOf', message: `must not lie in the future: it is ${now.toISOString()}` }]
    : [];

/**
 * The exact values of the signals that are named, the chief one first.
 *
 * @throws {Refused} NOT_FOUND where nothing is known of a signal.
 */
export async function findDecisionInputs(
  { grid, now }: Pick<ActionTransaction, 'grid' | 'now'>,
  { regionId, signalFrom, signals: named, asOf, inputs: own }: AskedInputs,
): Promise<DecisionInputs> {
  const chief = regionId !== null && signalFrom !== null ? [{ regionId, from: signalFrom }] : [];
  const keys = [...new Map([...chief, ...named].map((key) => [textOf(key), key])).values()];
  if (keys.length === 0) return { ...NO_SIGNALS, own };
  const known = await readKnownThen(grid.db, asOf, now);
  const signals = await readInputSignals(grid, keys, known);
  const missing = keys.filter((_, i) => signals[i] === null);
  if (missing.length > 0) {
    throw new Refused('NOT_FOUND', `${missing.length} of the signals were not known then`, {
      faults: missing.map(({ regionId, from }) => ({
        path: 'input.signals',
        message: `nothing was known of region ${regionId} at ${from.toISOString()} as of ${known.asOf.toISOString()}`,
      })),
    });
  }
  return {
    asOf: known.asOf.toISOString(),
    sequence: String(known.sequence),
    signals: signals.filter((signal) => signal !== null),
    own,
  };
}

/** Signals that are named and of which nothing was known, for who has other faults too. */
export async function signalFaults(
  look: Pick<ActionTransaction, 'grid' | 'now'>,
  named: Omit<AskedInputs, 'inputs'>,
): Promise<readonly Fault[]> {
  try {
    await findDecisionInputs(look, { ...named, inputs: null });
    return [];
  } catch (error) {
    if (error instanceof Refused) return error.refusal.faults;
    throw error;
  }
}
