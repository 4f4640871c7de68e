import { confirmPlacement } from '../../actions/placing/confirm-placement.js';
import { holdPlacement } from '../../actions/placing/hold-placement.js';
import { releasePlacement } from '../../actions/placing/release-placement.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { PlacementType } from './placement.js';

const EXPECTED_VERSION =
  'The `version` it was read at: VERSION_CONFLICT if it changed since. Not compared when left out.';

const SlotInput = builder.inputType('PlacementSlotInput', {
  description: 'Power in one half hour.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      required: true,
      description: "Start of the half hour, at :00 or :30 UTC; not over, within the workload's times.",
    }),
    powerKw: t.float({ required: true, description: 'Power of the work itself, kW; it takes × PUE.' }),
  }),
});

actionMutation(holdPlacement, {
  input: builder.inputType('HoldPlacementInput', {
    description:
      "Power to keep for a workload: either `slots`, or `from` and `to` at the workload's own power.",
    fields: (t) => ({
      jobId: t.string({
        required: true,
        description: "What it is for: a workload of the caller's own operator.",
      }),
      dcId: t.string({ required: true, description: 'Where: a data centre that the workload may run at.' }),
      slots: t.field({
        type: [SlotInput],
        description:
          'The half hours, each once, at most those of 31 days. Or leave them out for `from` and `to`.',
      }),
      from: t.field({
        type: 'DateTime',
        description:
          'Start of the first half hour, inclusive; at :00 or :30 UTC. With `to`, in place of `slots`.',
      }),
      to: t.field({
        type: 'DateTime',
        description: 'End of the last half hour, exclusive; at :00 or :30 UTC, at most 31 days after `from`.',
      }),
      ttlSeconds: t.int({
        description: 'How long it is held unless confirmed, 30–3,600 s; 300 when left out.',
      }),
      decisionId: t.string({ description: 'The decision that it follows. None when left out.' }),
    }),
  }),
  type: PlacementType,
  description:
    'Holds power of a data centre for a workload, for a while: HELD. Nobody else gets it meanwhile. CAPACITY_EXCEEDED names each half ' +
    'hour that has not so much left, and what is; the current half hour counts whole, and so do those of earliestStart and deadline.',
});

actionMutation(confirmPlacement, {
  input: builder.inputType('ConfirmPlacementInput', {
    description: 'Power that is held.',
    fields: (t) => ({
      placementId: t.string({ required: true, description: 'Its id.' }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: PlacementType,
  description:
    "Makes power that is held the workload's own: CONFIRMED, and a workload that waited is SCHEDULED there. HOLD_EXPIRED when it is too late.",
});

actionMutation(releasePlacement, {
  input: builder.inputType('ReleasePlacementInput', {
    description: 'Power that is not needed.',
    fields: (t) => ({
      placementId: t.string({ required: true, description: 'Its id.' }),
      reason: t.string({ description: 'Why, for people, 1–1,000 characters. May be left out.' }),
      expectedVersion: t.int({ description: EXPECTED_VERSION }),
    }),
  }),
  type: PlacementType,
  description:
    'Gives power back that is held or confirmed: RELEASED. A SCHEDULED workload that has nothing else confirmed is QUEUED again.',
});
