import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, type Action } from '../../../src/actions/action.js';
import { amendWorkload } from '../../../src/actions/work/amend-workload.js';
import { cancelWorkload } from '../../../src/actions/work/cancel-workload.js';
import { completeWorkload } from '../../../src/actions/work/complete-workload.js';
import { holdPlacement } from '../../../src/actions/placing/hold-placement.js';
import { openNegotiation } from '../../../src/actions/negotiations/open-negotiation.js';
import { publishFlexibilityWindow } from '../../../src/actions/flexibility/publish-flexibility-window.js';
import { recordDecision } from '../../../src/actions/decisions/record-decision.js';
import { registerDataCentre } from '../../../src/actions/registry/register-data-centre.js';
import { submitWorkload } from '../../../src/actions/work/submit-workload.js';
import type { KnownViewer } from '../../../src/domain/viewer.js';
import { createDataCentre, done, freshKey, viewerOf } from '../../support/compute.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { createTenant } from '../../support/tenants.js';

const NOW = new Date('2026-03-02T12:50:00Z');
const PAST = new Date('2026-03-02T12:00:00Z');
const LATER = new Date('2026-03-04T12:00:00Z');

describe('an input with several faults', () => {
  let database: TestDatabase;
  let viewer: KnownViewer;
  let others: KnownViewer;

  beforeAll(async () => {
    database = await createTestDatabase({ pylonNow: NOW });
    const tenant = await createTenant(database, 'Ours', { role: 'ADMIN' });
    viewer = await viewerOf(database, tenant);
    others = await viewerOf(database, await createTenant(database, 'Theirs'));
    await createDataCentre(database, tenant.operatorId, 'ours', { regionId: 7 });
    for (const [of, jobId] of [
      [viewer, 'job'],
      [others, 'their-job'],
    ] as const)
      await done(database, of, submitWorkload, {
        jobId,
        name: jobId,
        type: 'OTHER',
        powerKw: 1,
        durationMinutes: 60,
        deadline: LATER,
      });
  });
  afterAll(() => database.drop());

  const faultsOf = async <Input>(action: Action<Input>, input: object, key = freshKey()) => {
    const answer = await act(database, viewer, action, { idempotencyKey: key, input });
    if (!('refusal' in answer)) throw new Error(`${action.name} was done`);
    const { code, message, faults } = answer.refusal;
    expect({ code, message }).toEqual({
      code: 'INVALID',
      message: `${action.name}: ${faults.length} fault(s) in the input`,
    });
    return Object.fromEntries(faults.map((fault) => [fault.path, fault.message]));
  };

  const SUBMISSION = { name: 'x', type: 'OTHER', powerKw: 1, durationMinutes: 60 };

  it.each<[string, Action<never>, object, readonly string[]]>([
    [
      'a number out of bounds, a deadline that is over, a person and a data centre that there are not',
      submitWorkload as Action<never>,
      {
        ...SUBMISSION,
        jobId: 'job',
        priority: 200,
        deadline: PAST,
        userEmail: 'a@b.example',
        allowedDcIds: ['no'],
      },
      ['input.priority', 'input.deadline', 'input.userEmail', 'input.jobId', 'input.allowedDcIds.0'],
    ],
    [
      'no fault of its own, a deadline that is over, and a person that there is not',
      submitWorkload as Action<never>,
      { ...SUBMISSION, deadline: PAST, userEmail: 'a@b.example' },
      ['input.deadline', 'input.userEmail'],
    ],
    [
      'a deadline that leaves too little, and an empty name',
      submitWorkload as Action<never>,
      { ...SUBMISSION, name: ' ', durationMinutes: 3000, deadline: new Date('2026-03-03T12:00Z') },
      ['input.name', 'input.deadline'],
    ],
    [
      'a data centre outside the regions, and a name that is none',
      submitWorkload as Action<never>,
      { ...SUBMISSION, jobId: '?', deadline: LATER, allowedDcIds: ['ours'], allowedRegionIds: [13] },
      ['input.jobId', 'input.allowedDcIds.0'],
    ],
    [
      'a share above one, a workload of another’s, and a deadline that is over',
      amendWorkload as Action<never>,
      { jobId: 'their-job', maxGridStress: 2, deadline: PAST },
      ['input.maxGridStress', 'input.jobId', 'input.deadline'],
    ],
    [
      'a time to live too short, nothing that there is, and a half hour that is over',
      holdPlacement as Action<never>,
      {
        jobId: 'nothing',
        dcId: 'nowhere',
        decisionId: 'none',
        ttlSeconds: 1,
        from: PAST,
        to: new Date('2026-03-02T13:30Z'),
      },
      ['input.ttlSeconds', 'input.jobId', 'input.dcId', 'input.decisionId', 'input.slots.0.from'],
    ],
    [
      'a half hour that is over, and a workload that there is not',
      holdPlacement as Action<never>,
      { jobId: 'job', dcId: 'ours', slots: [{ from: PAST, powerKw: 1 }], decisionId: 'none' },
      ['input.slots.0.from', 'input.decisionId'],
    ],
    [
      'an empty reason, names of nothing, and an instant still to come',
      recordDecision as Action<never>,
      {
        type: 'NEGOTIATE',
        reasoning: '',
        agentId: 'no',
        jobId: 'their-job',
        sourceDcId: 'no',
        targetDcId: 'ours',
        supersedes: 'no',
        asOf: LATER,
      },
      [
        'input.reasoning',
        'input.agentId',
        'input.jobId',
        'input.sourceDcId',
        'input.supersedes',
        'input.asOf',
      ],
    ],
    [
      'names of nothing, and an instant still to come',
      recordDecision as Action<never>,
      { type: 'NEGOTIATE', reasoning: 'x', agentId: 'no', asOf: LATER },
      ['input.asOf', 'input.agentId'],
    ],
    [
      'a PUE below one, an id that is taken, a place in two regions, and a zone that nobody stated',
      registerDataCentre as Action<never>,
      { dcId: 'ours', name: 'x', pue: 0.5, capacityMw: 1, regionId: 13, postcode: 'CF10 1AA', zoneId: 'no' },
      ['input.pue', 'input.zoneId', 'input.dcId', 'input.postcode'],
    ],
    [
      'no terms, agents that there are not, and an end that is over',
      openNegotiation as Action<never>,
      { type: 'OTHER', initiatorAgentId: 'a', responderAgentId: 'b', terms: {}, expiresAt: PAST },
      ['input.terms', 'input.initiatorAgentId', 'input.responderAgentId', 'input.expiresAt'],
    ],
    [
      'a volume of nothing, and a beginning that is over',
      publishFlexibilityWindow as Action<never>,
      {
        regionId: 13,
        service: 'RESERVE',
        direction: 'DECREASE_DEMAND',
        volumeMw: 0,
        gbpPerMwh: 1,
        from: PAST,
        to: LATER,
      },
      ['input.volumeMw', 'input.from'],
    ],
    [
      'sizes that do not agree, and a number out of bounds',
      submitWorkload as Action<never>,
      { ...SUBMISSION, estimatedEnergyKwh: 7, priority: 200, deadline: LATER },
      ['input.priority', 'input.estimatedEnergyKwh'],
    ],
    [
      'a span and slots, and a time to live too short',
      holdPlacement as Action<never>,
      { jobId: 'job', dcId: 'ours', ttlSeconds: 1, slots: [{ from: LATER, powerKw: 1 }], from: LATER },
      ['input.ttlSeconds', 'input.slots'],
    ],
    [
      'a region beyond them all, an end before the beginning, and a direction that is not the service’s',
      publishFlexibilityWindow as Action<never>,
      {
        regionId: 99,
        service: 'TURN_UP',
        direction: 'DECREASE_DEMAND',
        volumeMw: 1,
        gbpPerMwh: 1,
        from: LATER,
        to: LATER,
      },
      ['input.regionId', 'input.to', 'input.direction'],
    ],
    [
      'an energy below nothing, an end still to come, and a workload that there is not',
      completeWorkload as Action<never>,
      { jobId: 'nothing', actualEnergyKwh: -1, completedAt: LATER },
      ['input.actualEnergyKwh', 'input.jobId', 'input.completedAt'],
    ],
    [
      'an empty reason and a workload that there is not',
      cancelWorkload as Action<never>,
      { jobId: 'nothing', reason: '' },
      ['input.reason', 'input.jobId'],
    ],
  ])('is told all of them at once: %s', async (_what, action, input, paths) => {
    expect(Object.keys(await faultsOf(action, input)).sort()).toEqual([...paths].sort());
  });

  it('is told of the key too, and what is wrong with each', async () => {
    expect(
      await faultsOf(submitWorkload, { ...SUBMISSION, deadline: PAST, userEmail: 'a@b.example' }, ' '),
    ).toEqual({
      idempotencyKey: 'must be 1 to 200 visible ASCII characters, new for each action',
      'input.deadline': expect.stringContaining('must be after earliestStart') as string,
      'input.userEmail': 'there is no user of yours "a@b.example"',
    });
  });

  it('is not told of what cannot be known before a fault is mended', async () => {
    const input = { ...SUBMISSION, durationMinutes: -1, deadline: 'soon', allowedDcIds: [7] };
    expect(Object.keys(await faultsOf(submitWorkload, input)).sort()).toEqual([
      'input.allowedDcIds.0',
      'input.deadline',
      'input.durationMinutes',
    ]);
    expect(
      Object.keys(
        await faultsOf(registerDataCentre, { dcId: 'x', name: 'x', pue: 1, capacityMw: 1, regionId: 99 }),
      ),
    ).toEqual(['input.regionId']);
  });

  it('frees its key, and a name of nothing alone is NOT_FOUND, which is kept', async () => {
    const key = freshKey();
    await faultsOf(cancelWorkload, { jobId: 'nothing', reason: '' }, key);
    const refused = await act(database, viewer, cancelWorkload, {
      idempotencyKey: key,
      input: { jobId: 'nothing' },
    });
    expect(refused).toMatchObject({ refusal: { code: 'NOT_FOUND' } });
  });
});
