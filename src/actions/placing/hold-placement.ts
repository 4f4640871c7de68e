import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { holdPower, lockDataCentres } from '../../database/placements.js';
import { MOST_SLOTS, limitFaults, slotFaults, type Slot } from '../../domain/compute/slots.js';
import { WORKLOAD_MOVES, isFinal } from '../../domain/compute/workload-states.js';
import { halfHours } from '../../domain/half-hour.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { findDataCentre } from '../registry/data-centre-rows.js';
import { code, instant, optional, wholeWithin } from '../rules.js';
import { powerKw, refuseFaults } from '../work/workload-input.js';
import { lockWorkload } from '../work/workload-rows.js';

const DEFAULT_TTL_SECONDS = 300;
const LONGEST_MS = MOST_SLOTS * 30 * 60_000;

/** Power of a data centre is kept for work of the caller's, for a while: confirmed in time, it is its own. */
export const holdPlacement = defineAction({
  name: 'holdPlacement',
  scope: 'PLACEMENTS',
  answers: 'placements',
  input: z
    .object({
      jobId: code,
      dcId: code,
      slots: optional(
        z
          .array(z.object({ from: instant, powerKw }))
          .min(1, 'must name at least one half hour')
          .max(MOST_SLOTS, `must be at most ${MOST_SLOTS}, the half hours of 31 days`),
      ),
      from: optional(instant),
      to: optional(instant),
      ttlSeconds: optional(wholeWithin(30, 3_600)),
      decisionId: optional(code),
    })
    .superRefine(({ slots, from, to }, context) => {
      const fault = spanFault(slots, from, to);
      if (fault) context.addIssue({ code: 'custom', path: [fault.path], message: fault.message });
    }),
  names: { jobId: 'workload', dcId: 'data centre', decisionId: 'decision' },
  furtherFaults({ now }, { slots, from, to }) {
    if (slots === undefined || from === undefined || to === undefined) return [];
    const fault = spanFault(slots, from, to);
    if (fault) return [{ path: `input.${fault.path}`, message: fault.message }];
    return slotFaults(slotsOf({ slots, from, to }, 0), now, 'input.slots');
  },
  async perform(transaction, input) {
    const { db, now } = transaction;
    const centre = await findDataCentre(transaction, input.dcId);
    await lockDataCentres(db, [centre.data_centre_id]);
    const work = await lockWorkload(transaction, input);
    if (isFinal(work.status))
      throw new Refused(
        'IMPOSSIBLE_TRANSITION',
        `workload ${input.jobId} is ${work.status}, which is final: it needs no power`,
        { possible: WORKLOAD_MOVES[work.status] },
      );
    const slots = slotsOf(input, work.power_kw);
    refuseFaults('holdPlacement', slotFaults(slots, now, 'input.slots'));
    const faults = limitFaults(
      {
        earliestStart: work.earliest_start,
        deadline: work.deadline,
        allowedRegionIds: work.allowed_region_ids,
        allowedDcIds: work.allowed_dc_ids,
      },
      { dcId: centre.dc_id, regionId: centre.region_id },
      slots,
      'input.slots',
    );
    if (faults.length > 0)
      throw new Refused('LIMIT_BROKEN', `workload ${input.jobId} may not run there or then`, { faults });
    const answer = await holdPower(db, {
      code: `placement-${randomUUID()}`,
      workloadId: work.workload_id,
      dataCentreId: centre.data_centre_id,
      slots,
      expiresAt: new Date(now.getTime() + (input.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1000),
      decisionId: input.decisionId === null ? null : await findDecision(transaction, input.decisionId),
      now,
    });
    if ('unavailable' in answer)
      throw new Refused(
        'CENTRE_UNAVAILABLE',
        `data centre ${input.dcId} takes no work: it is ${answer.unavailable}`,
      );
    if ('full' in answer)
      throw new Refused(
        'CAPACITY_EXCEEDED',
        `data centre ${input.dcId} has not that much power left in ${answer.full.length} half hour(s)`,
        {
          faults: answer.full.map(({ from, wantedW, leftW }) => ({
            path: `input.slots.${slots.findIndex((slot) => slot.from.getTime() === from.getTime())}`,
            message: `${from.toISOString()}: ${leftW / 1000} kW of the facility are left, ${wantedW / 1000} kW are needed (powerKw × PUE)`,
          })),
        },
      );
    for (const id of answer.releasedIds) transaction.changed('placements', id);
    transaction.changed('placements', answer.heldId);
    return { table: 'placements', id: answer.heldId };
  },
});

/** Half hours named one by one, or a span of them at the workload's own power. */
function slotsOf(
  {
    slots,
    from,
    to,
  }: { readonly slots: readonly Slot[] | null; readonly from: Date | null; readonly to: Date | null },
  ofWorkKw: number,
): readonly Slot[] {
  if (slots) return slots;
  if (!from || !to) throw new Error('neither slots nor a span: the rules let that through');
  return halfHours(from, to).map((at) => ({ from: at, powerKw: ofWorkKw }));
}

function spanFault(
  slots: unknown,
  from: Date | null,
  to: Date | null,
): { readonly path: string; readonly message: string } | null {
  if (slots !== null)
    return from === null && to === null
      ? null
      : { path: 'slots', message: 'give either slots, or from and to' };
  if (from === null || to === null)
    return { path: 'slots', message: 'give either slots, or both from and to' };
  const isOnHalfHours = [from, to].every((at) => at.getTime() % (30 * 60_000) === 0);
  if (!isOnHalfHours) return { path: 'from', message: 'from and to must be at :00 or :30 UTC' };
  if (to <= from) return { path: 'to', message: 'must be after from' };
  return to.getTime() - from.getTime() > LONGEST_MS
    ? { path: 'to', message: `must be at most 31 days after from` }
    : null;
}

/** @throws {Refused} NOT_FOUND */
async function findDecision({ db }: ActionTransaction, decisionId: string): Promise<number> {
  const { rows } = await db.query<{ decision_id: number }>(
    'select decision_id from decisions where code = $1',
    [decisionId],
  );
  if (!rows[0]) throw new Refused('NOT_FOUND', `there is no decision ${decisionId}`);
  return rows[0].decision_id;
}
