import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBase64url } from '../../../src/domain/base64url.js';
import { createDataCentre, mutate } from '../../support/compute.js';
import { statementsOf } from '../../support/statements.js';
import { createTenant, type Tenant } from '../../support/tenants.js';
import { createMovingDatabase, type MovingDatabase } from '../ingest/moving-clock.js';
import { FORECASTS, REGIONAL, forecasts, said, startGrid, type Grid } from './grid.js';

const NOW = new Date('2026-03-02T12:10:00Z');
const DEADLINE = '2026-03-04T12:00Z';
const ONE = 'from: "2026-03-02T13:00Z", to: "2026-03-02T14:00Z"';

describe('workloads and headroom in the graph', () => {
  let grid: Grid & { readonly database: MovingDatabase };
  let ours: Tenant;
  let theirs: Tenant;

  const asks = (name: string, input: Record<string, unknown>, key = ours.key, fields = 'id') =>
    mutate(grid.server, name, input, { key, fields });
  const submit = (jobId: string, input: Record<string, unknown> = {}, key = ours.key) =>
    asks(
      'submitWorkload',
      { jobId, name: jobId, type: 'OTHER', powerKw: 100, durationMinutes: 60, deadline: DEADLINE, ...input },
      key,
    );
  const hold = (jobId: string, dcId: string, key = ours.key, ttlSeconds = 3_600) =>
    asks(
      'holdPlacement',
      { jobId, dcId, from: '2026-03-02T13:00Z', to: '2026-03-02T13:30Z', ttlSeconds },
      key,
      'id placementId',
    );
  const query = async (text: string, key?: string): Promise<Record<string, never>> => {
    const { data, errors } = await grid.server.query<Record<string, never>>(text, {}, key);
    expect(errors).toBeUndefined();
    return data ?? {};
  };
  const jobs = async (args: string, key: string | null = ours.key): Promise<string[]> => {
    const { workloads } = (await query(
      `{ workloads${args} { edges { node { jobId } } } }`,
      key ?? undefined,
    )) as unknown as {
      workloads: { edges: { node: { jobId: string } }[] };
    };
    return workloads.edges.map(({ node }) => node.jobId);
  };

  beforeAll(async () => {
    grid = await startGrid(NOW, createMovingDatabase);
    const { database } = grid;
    ours = await createTenant(database, 'Ours');
    theirs = await createTenant(database, 'Theirs');
    await createDataCentre(database, theirs.operatorId, 'big', { capacityMw: 1, pue: 1.25 });
    await createDataCentre(database, theirs.operatorId, 'small', { capacityMw: 0.3 });
    await createDataCentre(database, theirs.operatorId, 'north', { regionId: 1, capacityMw: 0.5 });
    await createDataCentre(database, theirs.operatorId, 'closed', { status: 'OFFLINE', capacityMw: 100 });
    await database.owner.query(
      `insert into users (operator_id, email, name) values ($1, 'ada@example.com', 'Ada')`,
      [ours.operatorId],
    );
    await grid.record(
      REGIONAL,
      forecasts(new Date('2026-03-02T12:00Z'), 1, [1], () => 50),
    );
    await grid.record(
      REGIONAL,
      forecasts(new Date('2026-03-02T12:00Z'), 1, [13], () => 250),
    );
    await grid.record(FORECASTS, [said({ from: new Date('2026-03-02T12:00Z'), intensityGco2PerKwh: 150 })]);
    const cap = (maxCarbonIntensityGco2PerKwh: number) => ({ maxCarbonIntensityGco2PerKwh });
    await submit('uncapped', { type: 'RAG_QUERY', urgency: 'CRITICAL', userEmail: 'ada@example.com' });
    await submit('gb-over', cap(149));
    await submit('gb-at-cap', cap(150));
    await submit('north-under', { ...cap(60), allowedRegionIds: [1] });
    await submit('north-over', { ...cap(40), allowedRegionIds: [1] });
    await submit('both-regions', { ...cap(200), allowedRegionIds: [1, 13] });
    await submit('unknown-region', { ...cap(0), allowedRegionIds: [7] });
    await submit('must-run', { ...cap(1), isDeferrable: false });
    await submit('runs', { ...cap(1), deadline: '2026-03-03T00:00Z' });
    await asks('startWorkload', { jobId: 'runs', dcId: 'north' });
    await asks('deferWorkload', { jobId: 'gb-over', reason: 'CARBON' });
    await submit('foreign', {}, theirs.key);
  });
  afterAll(() => grid.close());

  it('are filtered as people expect', async () => {
    expect(await jobs('')).toEqual([
      'runs',
      'must-run',
      'unknown-region',
      'both-regions',
      'north-over',
      'north-under',
      'gb-at-cap',
      'gb-over',
      'uncapped',
    ]);
    expect(await jobs('(status: RUNNING)')).toEqual(['runs']);
    expect(await jobs('(status: [RUNNING, DEFERRED_CARBON])')).toEqual(['runs', 'gb-over']);
    expect(await jobs('(type: RAG_QUERY)')).toEqual(['uncapped']);
    expect(await jobs('(urgency: CRITICAL, userEmail: "ada@example.com")')).toEqual(['uncapped']);
    expect(await jobs('(userEmail: "nobody@example.com")')).toEqual([]);
    expect(await jobs('(dcId: "north")')).toEqual(['runs']);
    expect(await jobs('(regionId: 1)')).toEqual(['runs']);
    expect(await jobs('(deadlineBefore: "2026-03-03T00:01Z")')).toEqual(['runs']);
    expect(await jobs('', theirs.key)).toEqual(['foreign']);
    expect(await jobs('', null)).toEqual([]);
  });

  it('are over their cap where the intensity of their place is above it now', async () => {
    const over = await jobs('(overCapNow: true)');
    expect(over).toEqual(['north-over', 'gb-over']);
    expect([...over, ...(await jobs('(overCapNow: false)'))].sort()).toEqual((await jobs('')).sort());
  });

  it('are paged through, by cursors of their own', async () => {
    const seen: string[] = [];
    let after = '';
    for (let more = true; more;) {
      const page = (await query(
        `{ workloads(first: 4${after}) { edges { node { jobId } } pageInfo { hasNextPage endCursor } } }`,
        ours.key,
      )) as unknown as {
        workloads: {
          edges: { node: { jobId: string } }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
      seen.push(...page.workloads.edges.map(({ node }) => node.jobId));
      more = page.workloads.pageInfo.hasNextPage;
      after = `, after: "${page.workloads.pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(await jobs(''));
    const { errors } = await grid.server.query(
      `{ placements(first: 1${after}) { edges { cursor } } }`,
      {},
      ours.key,
    );
    expect(errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
  });

  it('link both ways', async () => {
    const { placementId } = await hold('uncapped', 'small');
    await asks('confirmPlacement', { placementId });
    const data = await query(
      `{ workload(jobId: "uncapped") { user { email } operator { name workloads(type: RAG_QUERY) { edges { node { jobId } } } }
           host { dcId workloads { edges { node { jobId } } } placements { edges { node { placementId workload { jobId } } } } }
           placements(state: CONFIRMED) { edges { node { operator { name } dataCentre { dcId } slots { edges { node { from } } } } } } }
         placement(placementId: "${String(placementId)}") { state workload { status } }
         placements(dcId: "small", jobId: "uncapped", regionId: 13, from: "2026-03-02T13:29Z", to: "2026-03-02T13:30Z") { edges { node { placementId } } }
         none: placements(from: "2026-03-02T13:30Z") { edges { node { placementId } } } }`,
      ours.key,
    );
    const just = { edges: [{ node: { jobId: 'uncapped' } }] };
    expect(data).toEqual({
      workload: {
        user: { email: 'ada@example.com' },
        operator: { name: 'Ours', workloads: just },
        host: {
          dcId: 'small',
          workloads: just,
          placements: { edges: [{ node: { placementId, workload: { jobId: 'uncapped' } } }] },
        },
        placements: {
          edges: [
            {
              node: {
                operator: { name: 'Ours' },
                dataCentre: { dcId: 'small' },
                slots: { edges: [{ node: { from: '2026-03-02T13:00:00.000Z' } }] },
              },
            },
          ],
        },
      },
      placement: { state: 'CONFIRMED', workload: { status: 'SCHEDULED' } },
      placements: { edges: [{ node: { placementId } }] },
      none: { edges: [] },
    });
    await asks('releasePlacement', { placementId });
  });

  it('are found again by their global ids, by those whose they are', async () => {
    const { id, placementId } = await hold('uncapped', 'small');
    const { workload } = (await query('{ workload(jobId: "uncapped") { id } }', ours.key)) as unknown as {
      workload: { id: string };
    };
    const ids = JSON.stringify([id, workload.id, toBase64url('Workload:999999')]);
    const nodes = (key?: string) => query(`{ nodes(ids: ${ids}) { __typename id } }`, key);
    expect(await nodes(ours.key)).toEqual({
      nodes: [{ __typename: 'Placement', id }, { __typename: 'Workload', id: workload.id }, null],
    });
    expect(await nodes(theirs.key)).toEqual({ nodes: [null, null, null] });
    expect(await nodes()).toEqual({ nodes: [null, null, null] });
    await asks('releasePlacement', { placementId });
  });

  describe('the headroom of a data centre', () => {
    const headroomOf = async (id: string, key?: string) =>
      (await query(
        `{ node(id: "${id}") { ... on DataCentre { dcId headroom(${ONE}) { from to capacityKw committedKw availableKw } } } }`,
        key,
      )) as unknown as { node: { headroom: unknown[] } };
    const centreId = async (dcId: string): Promise<string> => {
      const { rows } = await grid.database.owner.query<{ id: number }>(
        'select data_centre_id as id from data_centres where dc_id = $1',
        [dcId],
      );
      return toBase64url(`DataCentre:${rows[0]?.id}`);
    };

    it('counts the placements of all operators, for everyone, and shows nobody’s', async () => {
      const id = await centreId('big');
      await hold('uncapped', 'big');
      const { placementId } = await hold('foreign', 'big', theirs.key);
      await asks('confirmPlacement', { placementId }, theirs.key);
      for (const key of [undefined, ours.key, theirs.key]) {
        expect((await headroomOf(id, key)).node.headroom).toEqual([
          {
            from: '2026-03-02T13:00:00.000Z',
            to: '2026-03-02T13:30:00.000Z',
            capacityKw: 1_000,
            committedKw: 250,
            availableKw: 750,
          },
          {
            from: '2026-03-02T13:30:00.000Z',
            to: '2026-03-02T14:00:00.000Z',
            capacityKw: 1_000,
            committedKw: 0,
            availableKw: 1_000,
          },
        ]);
      }
    });

    it('says where there is room throughout, the most first', async () => {
      const rooms = (args: string) =>
        query(`{ dataCentreHeadroom(${args}) { availableKw dataCentre { dcId } } }`) as Promise<unknown>;
      const room = (dcId: string, availableKw: number) => ({ availableKw, dataCentre: { dcId } });
      expect(await rooms(`${ONE}, powerKw: 300`)).toEqual({
        dataCentreHeadroom: [room('big', 750), room('north', 500), room('small', 300)],
      });
      expect(await rooms(`${ONE}, powerKw: 300.001`)).toEqual({
        dataCentreHeadroom: [room('big', 750), room('north', 500)],
      });
      expect(await rooms(`regionIds: [13], ${ONE}, powerKw: 1`)).toEqual({
        dataCentreHeadroom: [room('big', 750), room('small', 300)],
      });
      expect(await rooms(`regionIds: [], ${ONE}, powerKw: 1`)).toEqual({ dataCentreHeadroom: [] });
    });

    it('is free again when a hold expires, also before it is released', async () => {
      const { rows } = await grid.database.owner.query<{ expires_at: Date }>(
        `select expires_at from placements where state = 'HELD'`,
      );
      expect(rows).toHaveLength(1);
      await grid.database.advance({ minutes: 61 });
      const { node } = await headroomOf(await centreId('big'));
      expect(node.headroom[0]).toMatchObject({ committedKw: 125, availableKw: 875 });
    });

    it('costs one statement for many data centres', async () => {
      const ids = JSON.stringify(await Promise.all(['big', 'small', 'north', 'closed'].map(centreId)));
      const sent = await statementsOf(() =>
        query(`{ nodes(ids: ${ids}) { ... on DataCentre { headroom(${ONE}) { availableKw } } } }`),
      );
      expect(sent.filter((name) => name === 'committed-power')).toHaveLength(1);
    });

    it('may be asked of all that have room, for a day', async () => {
      const day = 'from: "2026-03-02T13:00Z", to: "2026-03-03T13:00Z"';
      const { dataCentreHeadroom } = (await query(
        `{ dataCentreHeadroom(${day}, powerKw: 1) { dataCentre { dcId headroom(${day}) { from availableKw } } } }`,
      )) as unknown as { dataCentreHeadroom: { dataCentre: { headroom: unknown[] } }[] };
      expect(dataCentreHeadroom.map(({ dataCentre }) => dataCentre.headroom.length)).toEqual([48, 48, 48]);
    });

    it.each([
      ['off the half hours', 'from: "2026-03-02T13:01Z", to: "2026-03-02T14:00Z"', ''],
      ['backwards', 'from: "2026-03-02T14:00Z", to: "2026-03-02T14:00Z"', ''],
      ['of more than a week', 'from: "2026-03-02T14:00Z", to: "2026-03-09T14:30Z"', ''],
      ['of no power', ONE, ', powerKw: 0'],
      ['of negative power', ONE, ', powerKw: -5'],
      ['of more power than there is', ONE, ', powerKw: 1e300'],
      ['in a country', ONE, ', regionIds: [15]'],
    ])('refuses to be asked %s', async (_what, span, more) => {
      const powerKw = more.includes('powerKw') ? '' : ', powerKw: 1';
      const { errors } = await grid.server.query(
        `{ dataCentreHeadroom(${span}${more}${powerKw}) { availableKw } }`,
      );
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    });
  });
});
