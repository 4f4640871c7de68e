import { z } from 'zod';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { changeRow, lockOwn } from '../rows.js';
import { code, expectedVersion } from '../rules.js';

/** Takes back a window of the caller's, before or while it lasts. */
export const withdrawFlexibilityWindow = defineAction({
  name: 'withdrawFlexibilityWindow',
  scope: 'FLEXIBILITY',
  answers: 'flexibility_windows',
  input: z.object({ flexibilityWindowId: code, expectedVersion }),
  names: { flexibilityWindowId: 'flexibility window' },
  async perform(transaction, { flexibilityWindowId, expectedVersion: expected }) {
    const window = await lockOwn<{ status: string; to_at: Date }>(
      transaction,
      'flexibility_windows',
      flexibilityWindowId,
      expected,
    );
    if (window.status !== 'OPEN') throw new Refused('IMPOSSIBLE_TRANSITION', 'it was withdrawn already');
    if (window.to_at <= transaction.now) throw new Refused('IMPOSSIBLE_TRANSITION', 'it is over');
    await changeRow(transaction, 'flexibility_windows', window.id, { status: 'WITHDRAWN' });
    transaction.changed('flexibility_windows', window.id);
    return { table: 'flexibility_windows', id: window.id };
  },
});
