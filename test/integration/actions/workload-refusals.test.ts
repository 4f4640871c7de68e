import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataCentre, mutate } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { createTenant, type Tenant } from '../../support/tenants.js';

const NOW = new Date('2026-03-02T12:50:00Z');
const DEADLINE = '2026-03-03T12:00:00.000Z';

describe('an action on workloads or placements', () => {
  let database: TestDatabase;
  let server: TestServer;
  let tenant: Tenant;

  const asks = (name: string, input: Record<string, unknown>) =>
    mutate(server, name, input, { key: tenant.key, fields: 'id' });
  const submit = (jobId: string, input: Record<string, unknown> = {}) =>
    asks('submitWorkload', { ...SUBMISSION, jobId, ...input });

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    server = await startTestServer(database);
    tenant = await createTenant(database, 'Ours');
    const { operatorId } = tenant;
    await createDataCentre(database, operatorId, 'london-1', { capacityMw: 2, pue: 1.25 });
    await createDataCentre(database, operatorId, 'london-2', { capacityMw: 2 });
    await createDataCentre(database, operatorId, 'wales-1', { regionId: 7 });
    await createDataCentre(database, operatorId, 'closed', { status: 'MAINTENANCE' });
    await submit('plain');
    await submit('urgent', {
      isDeferrable: false,
      allowedRegionIds: [13],
      earliestStart: '2026-03-02T14:00Z',
    });
    for (const jobId of ['runs', 'whole']) {
      await submit(jobId);
      await asks('startWorkload', { jobId, dcId: 'london-2' });
    }
    await asks('completeWorkload', { jobId: 'whole', actualEnergyKwh: 1 });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const SUBMISSION = {
    name: 'x',
    type: 'OTHER',
    powerKw: 1,
    durationMinutes: 60,
    deadline: DEADLINE,
  };
  it.each<[string, string, Record<string, unknown>, string, readonly string[]]>([
    [
      'energy that does not agree',
      'submitWorkload',
      { ...SUBMISSION, estimatedEnergyKwh: 1.02 },
      'INVALID',
      ['input.estimatedEnergyKwh'],
    ],
    [
      'energy alone',
      'submitWorkload',
      { ...SUBMISSION, powerKw: null, durationMinutes: null, estimatedEnergyKwh: 1 },
      'INVALID',
      ['input.estimatedEnergyKwh'],
    ],
    [
      'a deadline before the start',
      'submitWorkload',
      { ...SUBMISSION, earliestStart: '2026-03-04T00:00Z' },
      'INVALID',
      ['input.deadline'],
    ],
    [
      'a deadline that is over',
      'submitWorkload',
      { ...SUBMISSION, deadline: '2026-03-02T12:00Z' },
      'INVALID',
      ['input.deadline'],
    ],
    [
      'a deadline too near',
      'submitWorkload',
      { ...SUBMISSION, deadline: '2026-03-02T13:00Z' },
      'INVALID',
      ['input.deadline'],
    ],
    [
      'a centre that is not there',
      'submitWorkload',
      { ...SUBMISSION, allowedDcIds: ['london-1', 'nowhere'] },
      'INVALID',
      ['input.allowedDcIds.1'],
    ],
    [
      'a centre outside the regions',
      'submitWorkload',
      { ...SUBMISSION, allowedDcIds: ['london-1'], allowedRegionIds: [7] },
      'INVALID',
      ['input.allowedDcIds.0'],
    ],
    [
      'an unknown user',
      'submitWorkload',
      { ...SUBMISSION, userEmail: 'nobody@example.com' },
      'NOT_FOUND',
      [],
    ],
    ['an id that is taken', 'submitWorkload', { ...SUBMISSION, jobId: 'whole' }, 'ALREADY_EXISTS', []],
    [
      'NUL, a lone surrogate and what follows from neither',
      'submitWorkload',
      { ...SUBMISSION, jobId: 'a\0', name: '\ud800', userEmail: 'x' },
      'INVALID',
      ['input.jobId', 'input.name', 'input.userEmail'],
    ],
    [
      'numbers out of all bounds',
      'submitWorkload',
      {
        ...SUBMISSION,
        powerKw: 1e308,
        durationMinutes: -1,
        minRenewablePct: 100.1,
        maxGridStress: -0.1,
        carbonBudgetGco2: -1,
        priority: 101,
      },
      'INVALID',
      [
        'input.powerKw',
        'input.durationMinutes',
        'input.priority',
        'input.carbonBudgetGco2',
        'input.minRenewablePct',
        'input.maxGridStress',
        'input.estimatedEnergyKwh',
      ],
    ],
    [
      'years that no clock reaches',
      'submitWorkload',
      { ...SUBMISSION, deadline: '9999-12-31T23:59Z' },
      'INVALID',
      ['input.deadline'],
    ],
    [
      'a version of 0',
      'amendWorkload',
      { jobId: 'whole', expectedVersion: 0 },
      'INVALID',
      ['input.expectedVersion'],
    ],
    [
      'an amendment of what is over',
      'amendWorkload',
      { jobId: 'whole', name: 'x' },
      'IMPOSSIBLE_TRANSITION',
      [],
    ],
    ['a queue without work', 'queueWorkload', { jobId: 'nothing' }, 'NOT_FOUND', []],
    [
      'a deferral of what may not wait',
      'deferWorkload',
      { jobId: 'urgent', reason: 'PRICE' },
      'LIMIT_BROKEN',
      ['input.jobId'],
    ],
    [
      'a rejection without a reason',
      'rejectWorkload',
      { jobId: 'plain', reason: ' ' },
      'INVALID',
      ['input.reason'],
    ],
    ['a start without a place', 'startWorkload', { jobId: 'plain' }, 'NO_PLACEMENT', []],
    ['a start at no data centre', 'startWorkload', { jobId: 'plain', dcId: 'nowhere' }, 'NOT_FOUND', []],
    [
      'a start at a closed data centre',
      'startWorkload',
      { jobId: 'plain', dcId: 'closed' },
      'CENTRE_UNAVAILABLE',
      [],
    ],
    [
      'a start where it may not, too early',
      'startWorkload',
      { jobId: 'urgent', dcId: 'wales-1' },
      'LIMIT_BROKEN',
      ['input.dcId', 'input.jobId'],
    ],
    ['a pause of what does not run', 'pauseWorkload', { jobId: 'plain' }, 'IMPOSSIBLE_TRANSITION', []],
    [
      'a pause of what cannot be interrupted',
      'pauseWorkload',
      { jobId: 'runs' },
      'LIMIT_BROKEN',
      ['input.jobId'],
    ],
    ['a resumption of what runs', 'resumeWorkload', { jobId: 'runs' }, 'IMPOSSIBLE_TRANSITION', []],
    [
      'a completion of what never ran',
      'completeWorkload',
      { jobId: 'plain', actualEnergyKwh: 1 },
      'IMPOSSIBLE_TRANSITION',
      [],
    ],
    [
      'negative energy',
      'completeWorkload',
      { jobId: 'runs', actualEnergyKwh: -1 },
      'INVALID',
      ['input.actualEnergyKwh'],
    ],
    [
      'a completion to come',
      'completeWorkload',
      { jobId: 'runs', actualEnergyKwh: 1, completedAt: '2026-03-09T00:00Z' },
      'INVALID',
      ['input.completedAt'],
    ],
    [
      'a completion before it ran',
      'completeWorkload',
      { jobId: 'runs', actualEnergyKwh: 1, completedAt: '2026-03-02T00:00Z' },
      'INVALID',
      ['input.completedAt'],
    ],
    [
      'a failure of what never ran',
      'failWorkload',
      { jobId: 'plain', reason: 'x' },
      'IMPOSSIBLE_TRANSITION',
      [],
    ],
    ['a hold of nothing', 'holdPlacement', { jobId: 'plain', dcId: 'london-1' }, 'INVALID', ['input.slots']],
    [
      'a hold of both',
      'holdPlacement',
      {
        jobId: 'plain',
        dcId: 'london-1',
        slots: [{ from: '2026-03-02T13:00Z', powerKw: 1 }],
        from: '2026-03-02T13:00Z',
      },
      'INVALID',
      ['input.slots'],
    ],
    [
      'a hold of no slots for a moment',
      'holdPlacement',
      { jobId: 'plain', dcId: 'london-1', slots: [], ttlSeconds: 29 },
      'INVALID',
      ['input.slots', 'input.ttlSeconds'],
    ],
    [
      'a hold off the half hours',
      'holdPlacement',
      { jobId: 'plain', dcId: 'london-1', from: '2026-03-02T13:00Z', to: '2026-03-02T13:31Z' },
      'INVALID',
      ['input.from'],
    ],
    [
      'a hold backwards',
      'holdPlacement',
      { jobId: 'plain', dcId: 'london-1', from: '2026-03-02T14:00Z', to: '2026-03-02T13:30Z' },
      'INVALID',
      ['input.to'],
    ],
    [
      'a hold of more than a month',
      'holdPlacement',
      { jobId: 'plain', dcId: 'london-1', from: '2026-03-03T00:00Z', to: '2026-04-04T00:00Z' },
      'INVALID',
      ['input.to'],
    ],
    [
      'slots that are over, twice, and off',
      'holdPlacement',
      {
        jobId: 'plain',
        dcId: 'london-1',
        slots: ['12:00', '13:00', '13:00', '13:10'].map((at) => ({ from: `2026-03-02T${at}Z`, powerKw: 1 })),
      },
      'INVALID',
      ['input.slots.0.from', 'input.slots.2.from', 'input.slots.3.from'],
    ],
    [
      'negative and huge power',
      'holdPlacement',
      {
        jobId: 'plain',
        dcId: 'london-1',
        slots: [
          { from: '2026-03-02T13:00Z', powerKw: -1 },
          { from: '2026-03-02T13:30Z', powerKw: 1e300 },
        ],
      },
      'INVALID',
      ['input.slots.0.powerKw', 'input.slots.1.powerKw'],
    ],
    [
      'more power than anything has',
      'holdPlacement',
      { jobId: 'plain', dcId: 'london-1', slots: [{ from: '2026-03-02T13:00Z', powerKw: 2_000_000 }] },
      'CAPACITY_EXCEEDED',
      ['input.slots.0'],
    ],
    [
      'slots outside its times and places',
      'holdPlacement',
      {
        jobId: 'urgent',
        dcId: 'wales-1',
        slots: [
          { from: '2026-03-02T13:00Z', powerKw: 1 },
          { from: '2026-03-03T12:00Z', powerKw: 1 },
        ],
      },
      'LIMIT_BROKEN',
      ['input.dcId', 'input.slots.0.from', 'input.slots.1.from'],
    ],
    [
      'a hold at a closed data centre',
      'holdPlacement',
      { jobId: 'plain', dcId: 'closed', from: '2026-03-02T13:00Z', to: '2026-03-02T13:30Z' },
      'CENTRE_UNAVAILABLE',
      [],
    ],
    [
      'a hold at no data centre',
      'holdPlacement',
      { jobId: 'plain', dcId: 'nowhere', from: '2026-03-02T13:00Z', to: '2026-03-02T13:30Z' },
      'NOT_FOUND',
      [],
    ],
    [
      'a hold after no decision',
      'holdPlacement',
      {
        jobId: 'plain',
        dcId: 'london-1',
        from: '2026-03-02T13:00Z',
        to: '2026-03-02T13:30Z',
        decisionId: 'none',
      },
      'NOT_FOUND',
      [],
    ],
    [
      'a hold of what is over',
      'holdPlacement',
      { jobId: 'whole', dcId: 'london-1', from: '2026-03-02T13:00Z', to: '2026-03-02T13:30Z' },
      'IMPOSSIBLE_TRANSITION',
      [],
    ],
    ['a confirmation of nothing', 'confirmPlacement', { placementId: 'nothing' }, 'NOT_FOUND', []],
    ['a release of nothing', 'releasePlacement', { placementId: 'nothing' }, 'NOT_FOUND', []],
    [
      'a cancellation with a NUL',
      'cancelWorkload',
      { jobId: 'plain', reason: 'a\0' },
      'INVALID',
      ['input.reason'],
    ],
  ])('is refused %s', async (_what, name, input, code, paths) => {
    const answer = await asks(name, input);
    expect({
      code: answer['code'],
      paths: (answer['faults'] as { path: string }[]).map(({ path }) => path),
    }).toEqual({ code, paths });
  });
});
