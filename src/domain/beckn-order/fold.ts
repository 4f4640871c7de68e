import type { Answer, OrderMessage, Question } from './messages.js';
import type { BecknAction } from './states.js';

/** A question of ours and what came back. */
export interface Asked {
  readonly question: Question;
  /** How many questions went before it. */
  readonly turn: number;
  /** Each word of the seller that came after it, in the order in which he says he wrote them. */
  readonly answers: readonly Answer[];
}

export interface Report extends Answer {
  /** Questions of ours that were out when it came. */
  readonly turns: number;
}

/** What the messages of one purchase come to, whatever order those of the seller came in. */
export interface OrderFacts {
  /** Messages that were taken, by direction, action and id. */
  readonly seen: ReadonlySet<string>;
  readonly turns: number;
  /** The newest question of each kind. */
  readonly asked: Readonly<Partial<Record<BecknAction, Asked>>>;
  /** The first word that the order is cancelled, unasked ones included. */
  readonly cancelled: Answer | null;
  /** What was said of the order as it stands, by `on_status` and `on_update`, in the order in which it was written. */
  readonly reports: readonly Report[];
  /** Words of `on_update` since our newest `update`, in the order in which they were written. */
  readonly updates: readonly Answer[];
}

export const NO_FACTS: OrderFacts = {
  seen: new Set(),
  turns: 0,
  asked: {},
  cancelled: null,
  reports: [],
  updates: [],
};

/** The facts of all messages of a purchase, in the order in which they were stored. */
export const foldMessages = (messages: Iterable<OrderMessage>): OrderFacts => {
  let facts = NO_FACTS;
  for (const message of messages) facts = takeMessage(facts, message);
  return facts;
};

/** The facts with one message more. One that came before changes nothing. */
export function takeMessage(facts: OrderFacts, message: OrderMessage): OrderFacts {
  const name = `${message.direction} ${message.action} ${message.messageId}`;
  if (facts.seen.has(name)) return facts;
  const seen = new Set(facts.seen).add(name);
  return message.direction === 'OUTBOUND'
    ? takeQuestion({ ...facts, seen }, message)
    : takeAnswer({ ...facts, seen }, message);
}

const takeQuestion = (facts: OrderFacts, question: Question): OrderFacts => ({
  ...facts,
  turns: facts.turns + 1,
  asked: { ...facts.asked, [question.action]: { question, turn: facts.turns, answers: [] } },
  // Whoever asks for an update has read those before.
  updates: question.action === 'update' ? [] : facts.updates,
});

function takeAnswer(facts: OrderFacts, answer: Answer): OrderFacts {
  const action = answer.action.slice(3) as BecknAction;
  const asked = facts.asked[action];
  const isReport = (action === 'status' || action === 'update') && answer.says.error === null;
  return {
    ...facts,
    // What nobody asked for is no answer, and one that was here before its question is none to it.
    asked: asked
      ? { ...facts.asked, [action]: { ...asked, answers: inOrder(asked.answers, answer) } }
      : facts.asked,
    cancelled:
      action === 'cancel' && answer.says.error === null && facts.cancelled === null
        ? answer
        : facts.cancelled,
    reports: isReport ? inOrder(facts.reports, { ...answer, turns: facts.turns }) : facts.reports,
    updates: isReport && action === 'update' ? inOrder(facts.updates, answer) : facts.updates,
  };
}

/** By the seller's own clock; by id where that is the same, so that any order of arrival comes to one. */
const inOrder = <Word extends Answer>(answers: readonly Word[], answer: Word): readonly Word[] =>
  [...answers, answer].sort(
    (a, b) =>
      a.statedAt.getTime() - b.statedAt.getTime() ||
      (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0),
  );
