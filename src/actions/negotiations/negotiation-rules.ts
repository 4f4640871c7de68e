/** Rules of the parts of a negotiation. */
import { z } from 'zod';
import { Refused, type Fault } from '../../domain/refusal.js';
import { amount } from '../decisions/decision-rules.js';
import { code, expectedVersion, instant, jsonObject, optional, text, within } from '../rules.js';

export const NEGOTIATION_TYPES = [
  'WORKLOAD_ALLOCATION',
  'FLEXIBILITY',
  'STORAGE_DISPATCH',
  'CAPACITY',
  'OTHER',
] as const;

const window = z
  .object({ from: instant, to: instant })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after `from`' })
  .transform(({ from, to }) => ({ from: from.toISOString(), to: to.toISOString() }));

export const message = optional(text(2_000));

/** What is proposed, apart from the words that go with it. */
export const terms = z
  .object({
    window: optional(window),
    powerKw: optional(within(0, 2_000_000)),
    carbonGco2PerKwh: optional(within(0, 100_000)),
    gbpPerMwh: optional(within(-100_000, 100_000)),
    flexibilityRevenueGbp: optional(amount),
    extra: optional(jsonObject),
  })
  .refine((said) => Object.values(said).some((value) => value !== null), 'must state at least one term');

/** What every turn after the first one names. */
export const turn = {
  negotiationId: code,
  agentId: code,
  expectedVersion,
};

/** An end that is over before it begins. */
export const pastFaults = (expiresAt: Date | null, now: Date): Fault[] =>
  expiresAt === null || expiresAt > now
    ? []
    : [{ path: 'input.expiresAt', message: `must lie in the future: it is ${now.toISOString()}` }];

/** @throws {Refused} INVALID for an end that is over before it begins. */
export function refusePast(expiresAt: Date | null, now: Date): void {
  const faults = pastFaults(expiresAt, now);
  if (faults[0]) throw new Refused('INVALID', `${faults[0].path} ${faults[0].message}`, { faults });
}
