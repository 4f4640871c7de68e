import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TASK_KINDS } from '../../../../src/domain/tasks/catalogue.js';
import { knownKinds, parseTask } from '../../../../src/domain/tasks/parse.js';
import type { ParsedTask, TaskWork } from '../../../../src/domain/tasks/task.js';

const NOW = new Date('2026-11-21T19:30:00Z');

const parsed = (request: string, now = NOW): ParsedTask => {
  const task = parseTask(request, now);
  if (!task) throw new Error(`"${request}" is not understood`);
  return task;
};
const assumed = (task: ParsedTask): Record<string, string> =>
  Object.fromEntries(task.assumptions.map(({ what, value }) => [what, value]));

describe('a task in words', () => {
  it('is a workload, with every assumption that it took', () => {
    const task = parsed('train a 7B model on 2 TB for 48 hours, finish by Friday 18:00, under 120 g');
    expect(task.kind).toBe('training');
    expect(task.work).toMatchObject({
      type: 'TRAINING_RUN',
      powerKw: 83.2,
      durationMinutes: 2_880,
      deadline: new Date('2026-11-27T18:00:00Z'),
      earliestStart: null,
      maxCarbonIntensityGco2PerKwh: 120,
      isDeferrable: true,
      isInterruptible: true,
      urgency: 'MEDIUM',
    } satisfies Partial<TaskWork>);
    expect(assumed(task)).toMatchObject({
      type: 'TRAINING_RUN',
      GPUs: '64',
      'kind of GPU': 'H100',
      'powerKw of one GPU': '1.3 kW',
      estimatedEnergyKwh: '3993.6',
      urgency: 'MEDIUM',
      isInterruptible: 'true',
    });
    expect(task.said.map(({ what, words }) => [what, words])).toEqual([
      ['model', '7B model'],
      ['data', 'on 2 TB'],
      ['deadline', 'finish by Friday 18:00'],
      ['durationMinutes', 'for 48 hours'],
      ['maxCarbonIntensityGco2PerKwh', 'under 120 g'],
    ]);
    expect(task.notUnderstood).toEqual([]);
  });

  it.each<[string, string, Partial<TaskWork>]>([
    ['run inference for llama-70b for 6 h', 'inference', { powerKw: 10.4, durationMinutes: 360 }],
    ['transcode 10,000 videos', 'transcoding', { powerKw: 10, durationMinutes: 1_500 }],
    [
      'nightly batch ETL on 500 GB',
      'etl',
      {
        powerKw: 5,
        durationMinutes: 150,
        earliestStart: new Date('2026-11-21T22:00:00Z'),
        deadline: new Date('2026-11-22T06:00:00Z'),
      },
    ],
    ['Train ResNet-50 on ImageNet', 'training', { powerKw: 10.4, durationMinutes: 563 }],
    [
      'fine-tune llama-8b on 20 GB, within 24 h, in Scotland',
      'fine-tuning',
      { powerKw: 10.4, allowedRegionIds: [1, 2], deadline: new Date('2026-11-22T19:30:00Z') },
    ],
    [
      'render 4k frames by tomorrow 6am, at least 75% renewables, urgent',
      'rendering',
      { minRenewablePct: 75, urgency: 'HIGH', deadline: new Date('2026-11-22T06:00:00Z') },
    ],
    ['answer 500 RAG queries within 2 h', 'rag', { powerKw: 1.3, durationMinutes: 15 }],
    [
      'train on 64 H100s at 500 kW for 3 days by 2026-12-01, max £80/MWh, under £5,000',
      'training',
      { powerKw: 500, durationMinutes: 4_320, maxPriceGbpPerMwh: 80, maxCostGbp: 5_000 },
    ],
    ['pretraining, 5 MWh at 250 kW', 'training', { powerKw: 250, durationMinutes: 1_200 }],
    [
      'simulate asap for 2 hours',
      'simulation',
      { isDeferrable: false, deadline: new Date('2026-11-21T22:30:00Z') },
    ],
    [
      'train for 2 h starting tomorrow 8am, at most 500 kg of CO2',
      'training',
      {
        earliestStart: new Date('2026-11-22T08:00:00Z'),
        carbonBudgetGco2: 500_000,
      },
    ],
    ['index 100 GB on 4 servers, grid stress below 0.7', 'etl', { powerKw: 2, maxGridStress: 0.7 }],
  ])('"%s"', (request, kind, work) => {
    const task = parsed(request);
    expect(task.kind).toBe(kind);
    expect(task.work).toMatchObject(work);
    expect(task.notUnderstood).toEqual([]);
  });

  it('gives back what means nothing to it', () => {
    expect(parsed('train a model for 3 hours, and bake me a cake').notUnderstood).toEqual([
      'model',
      'bake me a cake',
    ]);
  });

  it('is none where no kind is named', () => {
    expect(parseTask('bake a cake', NOW)).toBeNull();
    expect(parseTask('48 hours by Friday', NOW)).toBeNull();
  });

  it('can be every kind of the catalogue, by the example that is shown for it', () => {
    for (const { id, example } of TASK_KINDS)
      expect(parsed(example)).toMatchObject({ kind: id, notUnderstood: [] });
    expect(knownKinds()).toHaveLength(TASK_KINDS.length);
  });

  it('assumes a deadline that leaves twice the time, and at least a day', () => {
    expect(parsed('train for 2 h').work.deadline).toEqual(new Date('2026-11-22T19:30:00Z'));
    expect(parsed('train for 3 days').work.deadline).toEqual(new Date('2026-11-27T19:30:00Z'));
    expect(assumed(parsed('train for 2 h'))['deadline']).toBe('2026-11-22 19:30 London time');
  });

  it('states or assumes all that a workload needs, whatever it is made of', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'for 3 hours',
        'on 2 TB',
        'under 90 g',
        'by Friday',
        'within 36 h',
        'on 8 A100s',
        '500 kW',
        'in London',
        'llama-13b',
        'tonight',
        'for my thesis',
        'urgent',
        'no hurry',
        '250,000 requests',
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...TASK_KINDS), pieces, ({ example }, extra) => {
        const task = parsed([example.split(',')[0], ...extra].join(', '));
        const { powerKw, durationMinutes, deadline, name } = task.work;
        expect(powerKw).toBeGreaterThan(0);
        expect(Number.isInteger(durationMinutes) && durationMinutes >= 1).toBe(true);
        expect(deadline.getTime()).toBeGreaterThan(NOW.getTime());
        expect(name.length).toBeLessThanOrEqual(255);
        const known = new Set([...task.said, ...task.assumptions].map(({ what }) => what));
        for (const what of ['type', 'isInterruptible', 'urgency', 'deadline'])
          expect([...known]).toContain(what);
        for (const { why } of task.assumptions) expect(why).not.toBe('');
      }),
    );
  });

  it('takes any text without failing, and says the same of the same', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.boolean(), (text, isTraining) => {
        const request = isTraining ? `train ${text}` : text;
        expect(parseTask(request, NOW)).toEqual(parseTask(request, NOW));
      }),
    );
  });
});
