import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registerAgent } from '../../../src/actions/registry/register-agent.js';
import { registerDataCentre } from '../../../src/actions/registry/register-data-centre.js';
import { registerStorageAsset } from '../../../src/actions/registry/register-storage-asset.js';
import { registerUser } from '../../../src/actions/registry/register-user.js';
import { OPERATOR_TYPES } from '../../../src/actions/rules.js';
import { canonicalJson } from '../../../src/domain/canonical-json.js';
import { locate } from '../../../src/domain/compute/site.js';
import { fleetOf, type FleetOperator } from '../../../src/fleet/fleet.js';
import { PLACES } from '../../../src/fleet/places.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const all = <Item>(
  fleet: readonly FleetOperator[],
  of: (operator: FleetOperator) => readonly Item[],
): Item[] => fleet.flatMap(of);

describe('the fleet', () => {
  it('is this, to the byte, for seed 1', () => {
    expect(
      createHash('sha256')
        .update(canonicalJson(fleetOf(1)))
        .digest('hex'),
    ).toBe('aa9d3af7228e25fdc139354f1f73d623e3691246b8fcf48fc14f911d57232eae');
  });

  it('is the same for a seed and another for another, with the same ids', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(canonicalJson(fleetOf(seed))).toBe(canonicalJson(fleetOf(seed)));
        expect(canonicalJson(fleetOf(seed))).not.toBe(canonicalJson(fleetOf(seed + 1)));
        const ids = (of: number) =>
          all(fleetOf(of), ({ dataCentres }) => dataCentres.map(({ dcId }) => dcId));
        expect(ids(seed)).toEqual(ids(seed + 1));
      }),
      { numRuns: 20 },
    );
  });

  it('has 12 operators of all types, 40 data centres, 10 storage assets, and agents of all five types for several', () => {
    const fleet = fleetOf(1);
    expect(fleet).toHaveLength(12);
    expect(new Set(fleet.map(({ type }) => type))).toEqual(new Set(OPERATOR_TYPES));
    expect(all(fleet, ({ dataCentres }) => dataCentres)).toHaveLength(40);
    expect(all(fleet, ({ storageAssets }) => storageAssets)).toHaveLength(10);
    const withAgents = fleet.filter(({ agents }) => agents.length > 0);
    expect(withAgents.length).toBeGreaterThanOrEqual(5);
    for (const { agents } of withAgents) expect(new Set(agents.map(({ type }) => type)).size).toBe(5);
    for (const { workWeight, users, agents } of fleet) {
      expect(users.length > 0).toBe(workWeight > 0);
      // Work that arrives is somebody's to take in.
      if (workWeight > 0) expect(agents.map(({ type }) => type)).toContain('COMPUTE_ORCHESTRATOR');
    }
  });

  it('says by its names that it is synthetic, and has ids and addresses of its own', () => {
    const fleet = fleetOf(1);
    for (const { name } of [
      ...fleet,
      ...all(fleet, ({ dataCentres, storageAssets, agents }) => [
        ...dataCentres,
        ...storageAssets,
        ...agents,
      ]),
    ])
      expect(name).toMatch(/\(synthetic\)$/);
    const ids = all(fleet, ({ dataCentres, storageAssets, agents, users, email }) => [
      email,
      ...dataCentres.map(({ dcId }) => dcId),
      ...storageAssets.map(({ assetId }) => assetId),
      ...agents.map(({ agentId }) => agentId),
      ...users.map((user) => user.email),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is what the actions that register it take, for any seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { users, dataCentres, storageAssets, agents } of fleetOf(seed)) {
          for (const input of users) registerUser.input.parse(input);
          for (const input of dataCentres) registerDataCentre.input.parse(input);
          for (const input of storageAssets) registerStorageAsset.input.parse(input);
          for (const input of agents) registerAgent.input.parse(input);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is of plausible size for any seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const centre of all(fleetOf(seed), ({ dataCentres }) => dataCentres)) {
          expect(centre.pue).toBeGreaterThanOrEqual(1.1);
          expect(centre.pue).toBeLessThanOrEqual(1.6);
          expect(centre.capacityMw).toBeGreaterThanOrEqual(1);
          expect(centre.capacityMw).toBeLessThanOrEqual(90);
          expect(centre.minLoadPct).toBeLessThan(centre.currentLoadPct);
        }
        for (const asset of all(fleetOf(seed), ({ storageAssets }) => storageAssets)) {
          expect(asset.chargeMwh).toBeLessThanOrEqual(asset.capacityMwh);
          expect(asset.capacityMwh / asset.maxDischargeMw).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the places of the fleet', () => {
  it.each(PLACES.map((place) => [place.town, place] as const))(
    '%s is in one licence area by its postcode and by its coordinates',
    (_town, { outward, latitude, longitude }) => {
      expect(
        locate({ regionId: null, postcode: outward, coordinates: { latitude, longitude } }).fault,
      ).toBeNull();
    },
  );

  it('are of operators of the fleet', () => {
    const slugs = new Set(fleetOf(1).map(({ slug }) => slug));
    expect(PLACES.filter(({ operator }) => !slugs.has(operator))).toEqual([]);
  });

  it('lie in all fourteen licence areas', () => {
    const regionIds = PLACES.map(
      ({ outward }) => locate({ regionId: null, postcode: outward, coordinates: null }).regionId,
    );
    expect(new Set(regionIds).size).toBe(14);
  });
});
