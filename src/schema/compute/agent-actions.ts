import { registerAgent } from '../../actions/registry/register-agent.js';
import { reportAgentState } from '../../actions/registry/report-agent-state.js';
import { updateAgent } from '../../actions/registry/update-agent.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { AgentStateType } from './agent-state.js';
import { AgentType } from './agent.js';
import { AgentStatusEnum, AgentTypeEnum } from './enums.js';
import { EMPTIABLE, EXPECTED_VERSION, UNCHANGED } from './registry-words.js';

const CAPABILITIES = 'What it can do, in your own words: at most 50, each 1–100 characters, none twice.';
const CONFIG =
  'How it is set up, a JSON object of at most 16,384 characters; only your operator sees it. With `hosted: true` it acts in this server, by the policy of its type; an orchestrator with `buysWindows: true` also buys compute windows for its work, at most at `maxWindowGbpPerMwh` (GBP/MWh) and at what the grid is expected to cost. Where no price of the grid is known it buys only within `maxWindowGbpPerMwh`, or the `maxPriceGbpPerMwh` or `maxCostGbp` of the work.';

const RegisterAgentInput = builder.inputType('RegisterAgentInput', {
  description: 'A new agent; its first state is IDLE.',
  fields: (t) => ({
    agentId: t.string({
      required: true,
      description: 'Its id, which no other has: 1–100 letters, digits and -_.:/.',
    }),
    name: t.string({ required: true, description: 'Name for people, 1–255 characters.' }),
    type: t.field({ type: AgentTypeEnum, required: true, description: 'What it is for.' }),
    capabilities: t.stringList({ description: `${CAPABILITIES} None when left out.` }),
    config: t.field({ type: 'JSON', description: CONFIG }),
  }),
});

actionMutation(registerAgent, {
  input: RegisterAgentInput,
  type: AgentType,
  description: 'Registers an agent of your operator.',
});

const UpdateAgentInput = builder.inputType('UpdateAgentInput', {
  description: 'What changes of an agent of yours; what is left out stays.',
  fields: (t) => ({
    agentId: t.string({ required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    name: t.string({ description: `Name for people, 1–255 characters. ${UNCHANGED}` }),
    capabilities: t.stringList({ description: `${CAPABILITIES} All of them anew. ${UNCHANGED}` }),
    config: t.field({ type: 'JSON', description: `${CONFIG} ${EMPTIABLE}` }),
  }),
});

actionMutation(updateAgent, {
  input: UpdateAgentInput,
  type: AgentType,
  description: 'Changes what an agent of your operator is.',
});

const ReportAgentStateInput = builder.inputType('ReportAgentStateInput', {
  description:
    'What an agent of yours does now. ERROR and OFFLINE can follow anything; after ERROR comes IDLE or OFFLINE, after OFFLINE comes IDLE, ' +
    'ACTIVE or ERROR; from elsewhere it may go anywhere, and the status it has may be reported again.',
  fields: (t) => ({
    agentId: t.string({ required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
    status: t.field({ type: AgentStatusEnum, required: true, description: 'What it does.' }),
    state: t.field({
      type: 'JSON',
      description: 'All that it tells of itself, a JSON object of at most 16,384 characters.',
    }),
    triggeredBy: t.string({ description: 'What made it change, 1–100 characters.' }),
    currentTask: t.field({
      type: 'JSON',
      description: 'What it works on, a JSON object of at most 16,384 characters. Left out: nothing.',
    }),
  }),
});

actionMutation(reportAgentState, {
  input: ReportAgentStateInput,
  type: AgentStateType,
  description: 'Records what an agent of your operator does now.',
});
