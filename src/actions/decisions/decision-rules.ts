/** Rules of the parts of a decision. */
import { z } from 'zod';
import { halfHour } from './half-hour-rule.js';
import { code, instant, optional, text, within, wholeWithin } from '../rules.js';

const LARGEST = 1e15;
/** Amounts of carbon and money: finite, and far beyond what the country emits and pays. */
export const amount = within(-LARGEST, LARGEST);
export const positiveAmount = within(0, LARGEST);
/** Power that is moved for the grid, MW. */
export const contributionMw = within(0, 100_000);

export const signalKey = z.object({ regionId: wholeWithin(1, 18), from: halfHour });

export const policy = z.object({ name: text(100), version: text(100) });

/** Decisions by policies of Pylon's own are made again when the chain is verified; nobody else's may claim to be one. */
export const policyOfOthers = policy.refine(({ name }) => !name.startsWith('pylon.'), {
  path: ['name'],
  message: 'must not begin with `pylon.`: those are policies of Pylon itself',
});

export const constraint = z.object({
  name: text(200),
  unit: optional(text(50)),
  limit: optional(amount),
  value: optional(amount),
  satisfied: z.boolean(),
});

const isoInstant = optional(instant).transform((date) => date?.toISOString() ?? null);

export const alternative = z
  .object({
    name: text(200),
    dcId: optional(code),
    regionId: optional(wholeWithin(1, 18)),
    from: isoInstant,
    to: isoInstant,
    predictedCarbonGco2: optional(positiveAmount),
    predictedCostGbp: optional(amount),
    whyNot: optional(text(1_000)),
  })
  .refine(({ from, to }) => from === null || to === null || from < to, {
    path: ['to'],
    message: 'must be after `from`',
  });

export const prediction = z.object({
  predictedCarbonGco2: optional(positiveAmount),
  predictedCostGbp: optional(amount),
  carbonSavedGco2: optional(amount),
  costSavedGbp: optional(amount),
  flexibilityContributionMw: optional(contributionMw),
});
