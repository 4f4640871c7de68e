/** Why an action was not done. Callers switch on these words. */
export const REFUSAL_CODES = {
  INVALID: 'The input is wrong: `faults` lists everything that is, each with its path. Nothing was tried.',
  NOT_FOUND: 'It names something that does not exist, or that the caller may not see.',
  ALREADY_EXISTS: 'Something of that name or id exists already.',
  IDEMPOTENCY_KEY_REUSED:
    'The idempotency key was used with another body or for another action. Take a new key.',
  VERSION_CONFLICT: 'The object changed since `expectedVersion`. Read it again, and decide again.',
  IMPOSSIBLE_TRANSITION: 'Its state does not allow this move; `possible` lists the moves that it allows.',
  NOT_ALLOWED: 'The caller is not the one who may do this to this object.',
  CAPACITY_EXCEEDED: 'The data centre has not that much power left in some half hour; `faults` names them.',
  CENTRE_UNAVAILABLE: 'The data centre takes no work now: it is not ACTIVE.',
  NO_PLACEMENT: 'No confirmed placement of the workload covers now, and no data centre was named.',
  NO_PLAN:
    'No place and time keeps all limits of the workload and has its power left; `faults` names what binds and the smallest changes that make a plan.',
  NOT_WORTH_IT: 'The best plan there is saves less than was asked for, or may not be moved to.',
  HOLD_EXPIRED: 'The hold expired before it was confirmed; its power may be held by another by now.',
  LIMIT_BROKEN:
    'It would break a limit of the workload itself, or of the agent that buys for it; `faults` names which.',
  NOT_YOUR_TURN: 'The negotiation waits for the other agent.',
  USER_INACTIVE: 'The user that it names is not active: no work is submitted for it.',
  SUPERSEDED: 'The decision was superseded already, by another one.',
  NOT_UNDERSTOOD: 'The request names no kind of task that is known; the message lists those that are.',
  BECKN_NOT_CONFIGURED:
    'This server cannot buy: PUBLIC_URL, where sellers answer, or BECKN_BAP_ID, who it is to them, is not set.',
  WINDOW_NOT_ON_OFFER: 'The compute window is over, or was not in the last answer of its platform.',
  ALREADY_BOUGHT:
    'The workload has another purchase, bought or under way, whose window overlaps. Cancel that one first.',
  PRICE_CHANGED:
    'The seller asks another price than was accepted. Name it as `acceptGbpPerMwh` to accept it, or cancel.',
} as const;

export type RefusalCode = keyof typeof REFUSAL_CODES;

/** One thing that is wrong: where in the input, and what to do. */
export interface Fault {
  /** Path in the input, e.g. `input.deadline`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly faults: readonly Fault[];
  /** Of IMPOSSIBLE_TRANSITION: the states that can be moved to from here. */
  readonly possible: readonly string[];
}

/** Thrown inside an action: nothing of it is done, and the refusal is what is answered. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(
    code: RefusalCode,
    message: string,
    details: { readonly faults?: readonly Fault[]; readonly possible?: readonly string[] } = {},
  ) {
    super(message);
    this.name = 'Refused';
    this.refusal = { code, message, faults: details.faults ?? [], possible: details.possible ?? [] };
  }
}
