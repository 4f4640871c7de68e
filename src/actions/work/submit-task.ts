import { z } from 'zod';
import type { ActionTransaction } from '../../database/actions.js';
import { jsonbText } from '../../database/ingest-runs.js';
import { knownKinds, parseTask } from '../../domain/tasks/parse.js';
import type { ParsedTask } from '../../domain/tasks/task.js';
import { Refused } from '../../domain/refusal.js';
import { defineAction } from '../action.js';
import { code, email, optional, text } from '../rules.js';
import { submitWorkload } from './submit-workload.js';

const LONGEST_REQUEST = 2_000;

/** Work that is asked for in words: read by the catalogue of tasks, with all that it was read and assumed kept beside it. */
export const submitTask = defineAction({
  name: 'submitTask',
  scope: 'WORKLOADS',
  answers: 'workloads',
  input: z.object({ request: text(LONGEST_REQUEST), userEmail: email, jobId: optional(code) }),
  makes: { jobId: 'workload' },
  async perform(transaction, { request, userEmail, jobId }) {
    const task = parseTask(request, transaction.now);
    if (!task) {
      const kinds = knownKinds();
      throw new Refused(
        'NOT_UNDERSTOOD',
        `the request names no kind of task that is known: ${kinds.join('; ')}`,
        {
          faults: kinds.map((message) => ({ path: 'input.request', message })),
        },
      );
    }
    const work = submitWorkload.input.safeParse({ ...task.work, jobId, userEmail });
    if (!work.success)
      throw new Refused('INVALID', `submitTask: ${work.error.issues.length} fault(s) in what was read`, {
        faults: work.error.issues.map(({ path, message }) => ({
          path: 'input.request',
          message: `${path.join('.')} ${message}`,
        })),
      });
    const isNew = await ensureUser(transaction, userEmail);
    const submitted = await submitWorkload.perform(transaction, work.data);
    await keepTask(transaction, submitted, request, task, isNew ? userEmail : null);
    return submitted;
  },
});

/** The caller's own user of an address, made where there is none. @returns whether it was made. */
async function ensureUser({ db, viewer, now }: ActionTransaction, address: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into users (operator_id, email, name, created_at, updated_at) values ($1, $2, $3, $4, $4)
     on conflict (operator_id, email) do nothing`,
    [viewer.operatorId, address, address.slice(0, Math.max(1, address.lastIndexOf('@'))), now],
  );
  return rowCount === 1;
}

async function keepTask(
  { db }: ActionTransaction,
  { id }: { readonly id: number },
  request: string,
  { kind, said, assumptions, notUnderstood }: ParsedTask,
  newUser: string | null,
): Promise<void> {
  const all =
    newUser === null
      ? assumptions
      : [
          ...assumptions,
          { what: 'userEmail', value: newUser, why: 'no user of yours had this address: one was made' },
        ];
  await db.query('update workloads set task = $2 where workload_id = $1', [
    id,
    jsonbText({ request, kind, said, assumptions: all, notUnderstood }),
  ]);
}
