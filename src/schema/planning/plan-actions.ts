import { placeWorkload } from '../../actions/placing/place-workload.js';
import { replanWorkload } from '../../actions/placing/replan-workload.js';
import { builder } from '../builder.js';
import { actionMutation } from '../compute/action-mutation.js';
import { DecisionType } from '../compute/decision.js';
import { PlanObjectiveInput } from './limits.js';

const JOB = "Its id, of the caller's own operator.";
const AGENT = "The agent that decides, of the caller's own operator. None when left out.";
const OBJECTIVE = 'What is minimised; carbon alone when left out.';

actionMutation(placeWorkload, {
  input: builder.inputType('PlaceWorkloadInput', {
    description: 'Work that waits for a place.',
    fields: (t) => ({
      jobId: t.string({ required: true, description: JOB }),
      agentId: t.string({ description: AGENT }),
      objective: t.field({ type: PlanObjectiveInput, description: OBJECTIVE }),
      confirm: t.boolean({
        description: 'Whether the place is confirmed, or only held. True when left out.',
      }),
      ttlSeconds: t.int({
        description: 'How long it is held where it is not confirmed, 30–3,600 seconds; 300 when left out.',
      }),
      reservePct: t.float({
        description:
          'Share of each data centre that is left for work still to come, as long as this has a place without it, 0–90 percent; 10 when left out.',
      }),
      negotiationId: t.string({ description: 'The negotiation that led to it. None when left out.' }),
      supersedes: t.string({
        description: 'An earlier decision that it takes the place of. None when left out.',
      }),
    }),
  }),
  type: DecisionType,
  description:
    'Plans a workload as `planWorkload` does, holds and confirms its place, and records the decision with all that it was made from. NO_PLAN where there is none: its faults say what binds and what would be enough.',
});

actionMutation(replanWorkload, {
  input: builder.inputType('ReplanWorkloadInput', {
    description: 'Work that has its place.',
    fields: (t) => ({
      jobId: t.string({ required: true, description: JOB }),
      reason: t.string({
        required: true,
        description: 'Why it is planned again, for people, 1–1,000 characters.',
      }),
      agentId: t.string({ description: AGENT }),
      objective: t.field({ type: PlanObjectiveInput, description: OBJECTIVE }),
      minimumSavingPct: t.float({
        description:
          'It moves only for so much of what staying comes to, 0–100 percent; 5 when left out. It moves for less where staying would break a limit of its own.',
      }),
      imminentMinutes: t.int({
        description: 'It stays when it begins within so many minutes, 0–1,440; 60 when left out.',
      }),
    }),
  }),
  type: DecisionType,
  description:
    'Plans a SCHEDULED workload anew, and moves it if that pays: its placement is given back, the new one confirmed, and a decision recorded that supersedes the one before. NOT_WORTH_IT where it stays: too little is saved, it is about to begin, or its data centre may not let go of it (flexibilityRating, minLoadPct).',
});
