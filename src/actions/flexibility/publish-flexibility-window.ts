import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isHalfHour } from '../../domain/half-hour.js';
import { Refused, type Fault } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { insertOwn } from '../rows.js';
import { code, instant, optional, wholeWithin, within } from '../rules.js';
import { GRID_TYPES } from '../registry/update-operator.js';
import { refuseFaults } from '../work/workload-input.js';

export const FLEXIBILITY_SERVICES = [
  'TURN_DOWN',
  'TURN_UP',
  'DEMAND_FLEXIBILITY',
  'CONSTRAINT_MANAGEMENT',
  'RESERVE',
] as const;
export const FLEXIBILITY_DIRECTIONS = ['DECREASE_DEMAND', 'INCREASE_DEMAND'] as const;

const LONGEST_DAYS = 31;
const DAY_MS = 24 * 3_600_000;

const halfHour = instant.refine(isHalfHour, 'must be the start of a half hour, :00 or :30 UTC');

/** A time in which the grid pays for more or less demand: a grid operator's or an aggregator's to offer. */
export const publishFlexibilityWindow = defineAction({
  name: 'publishFlexibilityWindow',
  scope: 'FLEXIBILITY',
  answers: 'flexibility_windows',
  input: z
    .object({
      flexibilityWindowId: optional(code),
      regionId: wholeWithin(1, 18),
      service: z.enum(FLEXIBILITY_SERVICES),
      direction: z.enum(FLEXIBILITY_DIRECTIONS),
      volumeMw: within(0.001, 50_000),
      gbpPerMwh: within(-100_000, 100_000),
      from: halfHour,
      to: halfHour,
    })
    .superRefine((input, context) => {
      for (const { path, message } of termFaults(input))
        context.addIssue({ code: 'custom', path: [path], message });
    }),
  makes: { flexibilityWindowId: 'flexibility window' },
  furtherFaults: ({ now }, input) => [
    ...(input.from ? beginFaults(input.from, now) : []),
    ...termFaults(input).map(({ path, message }) => ({ path: `input.${path}`, message })),
  ],
  async perform(transaction, input) {
    const { db, viewer, now } = transaction;
    const { rows } = await db.query<{ type: string }>('select type from operators where operator_id = $1', [
      viewer.operatorId,
    ]);
    if (!GRID_TYPES.has(rows[0]?.type ?? '')) {
      throw new Refused(
        'NOT_ALLOWED',
        `flexibility windows are published by operators of type ${[...GRID_TYPES].join(' or ')}`,
      );
    }
    refuseFaults('publishFlexibilityWindow', beginFaults(input.from, now));
    const id = await insertOwn(transaction, 'flexibility_windows', {
      code: input.flexibilityWindowId ?? `flex-${randomUUID()}`,
      region_id: input.regionId,
      service: input.service,
      direction: input.direction,
      volume_mw: input.volumeMw,
      gbp_per_mwh: input.gbpPerMwh,
      from_at: input.from,
      to_at: input.to,
    });
    transaction.changed('flexibility_windows', id);
    return { table: 'flexibility_windows', id };
  },
});

interface Terms {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly service?: string | undefined;
  readonly direction?: string | undefined;
}

const NOT_FOR: Readonly<Record<string, string>> = {
  TURN_DOWN: 'INCREASE_DEMAND',
  TURN_UP: 'DECREASE_DEMAND',
};

/** Whether what is said of the span, and of the service, goes together; nothing where a part of either is not known. */
function termFaults({ from, to, service, direction }: Terms): Fault[] {
  const longest = LONGEST_DAYS * DAY_MS;
  return [
    ...(from && to && from >= to ? [{ path: 'to', message: 'must lie after from' }] : []),
    ...(from && to && to.getTime() - from.getTime() > longest
      ? [{ path: 'to', message: `must be at most ${LONGEST_DAYS} days after from` }]
      : []),
    ...(service !== undefined && direction !== undefined && NOT_FOR[service] === direction
      ? [{ path: 'direction', message: `is not what the service ${service} is for` }]
      : []),
  ];
}

const beginFaults = (from: Date, now: Date): Fault[] =>
  from < now ? [{ path: 'input.from', message: `must not lie before now, ${now.toISOString()}` }] : [];
