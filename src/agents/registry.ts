import { carbonOptimizer } from './policies/carbon-optimizer.js';
import { flexibility } from './policies/flexibility.js';
import { gridOperator } from './policies/grid-operator.js';
import { orchestrator } from './policies/orchestrator.js';
import { storage } from './policies/storage.js';
import type { Policy } from './policy.js';

/** The policy of each type of agent. */
export const POLICIES: readonly Policy[] = [
  orchestrator,
  gridOperator,
  storage,
  flexibility,
  carbonOptimizer,
];
