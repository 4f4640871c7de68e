import { Refused } from '../refusal.js';

/** Which states can be moved to from each state; none from a final one. */
export type Moves<State extends string> = Readonly<Record<State, readonly State[]>>;

export const mayMove = <State extends string>(moves: Moves<State>, from: State, to: State): boolean =>
  moves[from].includes(to);

/** @throws {Refused} IMPOSSIBLE_TRANSITION, with the moves that are possible. */
export function requireMove<State extends string>(
  moves: Moves<State>,
  from: State,
  to: State,
  what: string,
): void {
  if (mayMove(moves, from, to)) return;
  const possible = moves[from];
  const ways = possible.length > 0 ? `it can become ${possible.join(', ')}` : 'that is final';
  throw new Refused('IMPOSSIBLE_TRANSITION', `${what} is ${from} and cannot become ${to}: ${ways}`, {
    possible,
  });
}
