import { acceptNegotiation } from '../../actions/negotiations/accept-negotiation.js';
import { counterNegotiation } from '../../actions/negotiations/counter-negotiation.js';
import { openNegotiation } from '../../actions/negotiations/open-negotiation.js';
import { rejectNegotiation } from '../../actions/negotiations/reject-negotiation.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { NegotiationTypeEnum } from './enums.js';
import { NegotiationTermsInput } from './negotiation-terms.js';
import { NegotiationType } from './negotiation.js';

const MESSAGE = 'Words that go with it, at most 2,000 characters.';

const OpenNegotiationInput = builder.inputType('OpenNegotiationInput', {
  description: 'A first proposal of one agent to another.',
  fields: (t) => ({
    type: t.field({ type: NegotiationTypeEnum, required: true, description: 'What it is about.' }),
    initiatorAgentId: t.string({
      required: true,
      description: "Who proposes: an agent of the caller's operator.",
    }),
    responderAgentId: t.string({
      required: true,
      description: "Who is asked: any operator's agent but the initiator.",
    }),
    jobId: t.string({
      description: "The workload it is about, of the caller's operator; the other side does not see it.",
    }),
    terms: t.field({ type: NegotiationTermsInput, required: true, description: 'What is proposed.' }),
    message: t.string({ description: MESSAGE }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires unless it is answered by then; it waits for ever when left out.',
    }),
  }),
});

const CounterNegotiationInput = builder.inputType('CounterNegotiationInput', {
  description: 'Another proposal in the place of the last one.',
  fields: (t) => ({
    negotiationId: t.string({ required: true, description: "The negotiation's id." }),
    agentId: t.string({ required: true, description: "Who answers: the awaited agent, the caller's own." }),
    expectedVersion: t.int({ description: 'The version that was seen; any when left out.' }),
    terms: t.field({ type: NegotiationTermsInput, required: true, description: 'What is proposed instead.' }),
    message: t.string({ description: MESSAGE }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires unless it is answered by then; as before when left out.',
    }),
  }),
});

const AnswerNegotiationInput = builder.inputType('AnswerNegotiationInput', {
  description: 'The last answer to the last proposal.',
  fields: (t) => ({
    negotiationId: t.string({ required: true, description: "The negotiation's id." }),
    agentId: t.string({ required: true, description: "Who answers: the awaited agent, the caller's own." }),
    expectedVersion: t.int({ description: 'The version that was seen; any when left out.' }),
    message: t.string({ description: MESSAGE }),
  }),
});

const REFUSED = 'NOT_YOUR_TURN when it waits for the other agent, IMPOSSIBLE_TRANSITION when it is over.';

actionMutation(openNegotiation, {
  input: OpenNegotiationInput,
  type: NegotiationType,
  description: 'Opens a negotiation: it then waits for the responder.',
});
actionMutation(counterNegotiation, {
  input: CounterNegotiationInput,
  type: NegotiationType,
  description: `Answers a proposal with another one: it then waits for the other agent. ${REFUSED}`,
});
actionMutation(acceptNegotiation, {
  input: AnswerNegotiationInput,
  type: NegotiationType,
  description: `Agrees to the last proposal, whose terms become the outcome. ${REFUSED}`,
});
actionMutation(rejectNegotiation, {
  input: AnswerNegotiationInput,
  type: NegotiationType,
  description: `Ends a negotiation without agreement. ${REFUSED}`,
});
