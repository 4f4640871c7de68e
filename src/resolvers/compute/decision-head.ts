import type { Context } from '../../context.js';
import { readDecisionHead } from '../../database/decision-chain.js';
import type { ChainHead } from '../../domain/compute/decision-chain.js';

/** Answers `decisionHead`. */
export const decisionHead = ({ database }: Pick<Context, 'database'>): Promise<ChainHead> =>
  readDecisionHead(database.pool);
