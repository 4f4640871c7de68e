import { submitTask } from '../../actions/work/submit-task.js';
import type { Assumption, Said } from '../../domain/tasks/task.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { WorkloadType } from './workload.js';

const SaidType = builder.objectRef<Said>('TaskFact').implement({
  description: 'Something that a request in words says.',
  fields: (t) => ({
    what: t.exposeString('what', {
      description:
        'What of the workload it says, such as `deadline`, or what that follows from, such as `GPUs`.',
    }),
    value: t.exposeString('value', { description: 'As it was read, with its unit.' }),
    words: t.exposeString('words', { description: 'The words of the request that say it.' }),
  }),
});

const AssumptionType = builder.objectRef<Assumption>('TaskAssumption').implement({
  description: 'Something that a request in words does not say, and that was taken for it.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'What of the workload, or what that follows from.' }),
    value: t.exposeString('value', { description: 'What was taken, with its unit.' }),
    why: t.exposeString('why', { description: 'Why that.' }),
  }),
});

/** As the column `task` of a workload holds it. */
interface Task {
  readonly request: string;
  readonly kind: string;
  readonly said: Said[];
  readonly assumptions: Assumption[];
  readonly notUnderstood: string[];
}

const TaskType = builder.objectRef<Task>('WorkloadTask').implement({
  description: 'What was asked for in words, and how it was read.',
  fields: (t) => ({
    request: t.exposeString('request', { description: 'The request, as it was sent.' }),
    kind: t.exposeString('kind', {
      description:
        'The kind of task that it was read as, an id of the catalogue: training, fine-tuning, inference, rag, transcoding, rendering, simulation or etl.',
    }),
    said: t.field({
      type: [SaidType],
      description: 'What was read, piece by piece.',
      resolve: ({ said }) => said,
    }),
    assumptions: t.field({
      type: [AssumptionType],
      description: 'All that was not said and is assumed. What is wrong can be mended by `amendWorkload`.',
      resolve: ({ assumptions }) => assumptions,
    }),
    notUnderstood: t.exposeStringList('notUnderstood', {
      description:
        'Pieces of the request that mean nothing here, and changed nothing. Empty: all was understood.',
    }),
  }),
});

builder.prismaObjectField(WorkloadType, 'task', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    complexity: 1,
    description: 'What was asked for in words, and what was assumed. Null: it was submitted by its numbers.',
    resolve: ({ task }) => task as unknown as Task | null, // written by submitTask alone
  }),
);

actionMutation(submitTask, {
  input: builder.inputType('SubmitTaskInput', {
    description: 'Work that is asked for in words.',
    fields: (t) => ({
      request: t.string({
        required: true,
        description:
          'What is to be done, in English, 1–2,000 characters: the kind of task, and what of its size, time and limits is known, such as ' +
          '"train a 7B model on 2 TB for 48 hours, finish by Friday 18:00, under 120 g". Times are London\'s. No language model reads it.',
      }),
      userEmail: t.string({
        required: true,
        description:
          "On whose behalf: an address. A user of the caller's operator is made of it where there is none.",
      }),
      jobId: t.string({
        description:
          'Its id, 1–100 letters, digits or `-_.:/`, which no other workload of the operator has. Made up when left out.',
      }),
    }),
  }),
  type: WorkloadType,
  description:
    'Submits work that is asked for in words: PENDING from then on, with all that was read and assumed in `task`. NOT_UNDERSTOOD lists the ' +
    'kinds of task that are known.',
});
