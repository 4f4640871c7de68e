import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowNetwork } from '../../../../src/domain/planner/flow-network.js';
import { minCostFlow, type Flow } from '../../../../src/domain/planner/min-cost-flow.js';

interface Arc {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
  readonly cost: number;
}

const NODES = 6;

const instances = fc.record({
  supply: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: NODES - 1, maxLength: NODES - 1 }),
  arcs: fc.array(
    fc.record({
      from: fc.nat(NODES - 1),
      to: fc.nat(NODES - 1),
      capacity: fc.nat(4),
      cost: fc.integer({ min: -5, max: 9 }),
    }),
    { maxLength: 16 },
  ),
});

function networkOf({ supply, arcs }: { readonly supply: readonly number[]; readonly arcs: readonly Arc[] }) {
  const network = new FlowNetwork(NODES, 1);
  supply.forEach((units, u) => (network.supply[u] = units));
  network.supply[NODES - 1] = -supply.reduce((sum, units) => sum + units, 0);
  for (const { from, to, capacity, cost } of arcs) network.addArc(from, to, capacity, cost);
  return network;
}

/** Units out of each node minus units in. */
function balance(network: FlowNetwork, { flow }: Flow): number[] {
  const out = Array.from({ length: network.nodeCount }, () => 0);
  flow.forEach((units, e) => {
    out[network.from[e] ?? 0]! += units;
    out[network.to[e] ?? 0]! -= units;
  });
  return out;
}

/** By successive shortest paths, negative cycles cancelled first: another method, slow and plain. */
function plainly(network: FlowNetwork): { readonly sent: number; readonly cost: number } {
  const n = network.nodeCount + 2;
  const [source, sink] = [n - 2, n - 1];
  const edges: { to: number; room: number; cost: number; back: number }[] = [];
  const out: number[][] = Array.from({ length: n }, () => []);
  const add = (from: number, to: number, room: number, cost: number): void => {
    out[from]?.push(edges.length);
    edges.push({ to, room, cost, back: edges.length + 1 });
    out[to]?.push(edges.length);
    edges.push({ to: from, room: 0, cost: -cost, back: edges.length - 1 });
  };
  for (let e = 0; e < network.arcCount; e += 1)
    add(network.from[e]!, network.to[e]!, network.capacity[e]!, network.cost[e]!);
  network.supply.forEach((units, u) =>
    units > 0 ? add(source, u, units, -1_000_000) : add(u, sink, -units, 0),
  );
  add(sink, source, 1_000, 0); // a circulation: all that pays is sent, and nothing else
  let cost = 0;
  let sent = 0;
  for (;;) {
    const distance = Array.from({ length: n }, () => 0);
    const via = Array.from({ length: n }, () => -1);
    let last = -1;
    for (let round = 0; round < n; round += 1) {
      last = -1;
      out.forEach((list, u) => {
        for (const i of list) {
          const { to, room, cost } = edges[i]!;
          if (room > 0 && distance[u]! + cost < distance[to]!) {
            distance[to] = distance[u]! + cost;
            via[to] = i;
            last = to;
          }
        }
      });
    }
    if (last < 0) return { sent, cost };
    let u = last;
    for (let i = 0; i < n; i += 1) u = edges[edges[via[u]!]!.back]!.to;
    const cycle: number[] = [];
    let v = u;
    do {
      cycle.push(via[v]!);
      v = edges[edges[via[v]!]!.back]!.to;
    } while (v !== u);
    const room = Math.min(...cycle.map((i) => edges[i]!.room));
    for (const i of cycle) {
      const edge = edges[i]!;
      edge.room -= room;
      edges[edge.back]!.room += room;
      if (edge.cost === -1_000_000) sent += room;
      else if (edge.cost === 1_000_000) sent -= room;
      else cost += edge.cost * room;
    }
  }
}

describe('the cheapest flow', () => {
  it('keeps every balance and capacity, and its potentials prove that none is cheaper', () => {
    fc.assert(
      fc.property(instances, (instance) => {
        const network = networkOf(instance);
        const result = minCostFlow(network);
        const out = balance(network, result);
        const missing = out.map((units, u) => network.supply[u]! - units);
        expect(missing.filter((units) => units > 0).reduce((sum, units) => sum + units, 0)).toBe(
          result.unsent,
        );
        missing.forEach((units, u) =>
          expect(units * Math.sign(network.supply[u]!)).toBeGreaterThanOrEqual(0),
        );
        result.flow.forEach((units, e) => {
          const reduced =
            network.cost[e]! + result.potential[network.from[e]!]! - result.potential[network.to[e]!]!;
          expect(Number.isInteger(units) && units >= 0 && units <= network.capacity[e]!).toBe(true);
          if (units < network.capacity[e]!) expect(reduced).toBeGreaterThanOrEqual(0);
          if (units > 0) expect(reduced).toBeLessThanOrEqual(0);
        });
      }),
      { numRuns: 800 },
    );
  });

  it('is what cancelling cycles finds', () => {
    fc.assert(
      fc.property(instances, (instance) => {
        const network = networkOf(instance);
        const result = minCostFlow(network);
        const supply = network.supply.reduce((sum, units) => sum + Math.max(0, units), 0);
        const { sent, cost } = plainly(network);
        expect(supply - result.unsent).toBe(sent);
        if (result.unsent === 0) expect(result.cost).toBe(cost);
      }),
      { numRuns: 800 },
    );
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(instances, (instance) => {
        expect(minCostFlow(networkOf(instance))).toEqual(minCostFlow(networkOf(instance)));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what it could not be exact about', () => {
    const network = new FlowNetwork(2);
    expect(() => network.addArc(0, 1, 0.5, 1)).toThrow(RangeError);
    expect(() => network.addArc(0, 1, 1, Number.NaN)).toThrow(RangeError);
    network.supply[0] = 1;
    expect(() => minCostFlow(network)).toThrow(/sum to 1/);
    network.supply[1] = -1;
    network.addArc(0, 1, 1, Number.MAX_SAFE_INTEGER);
    expect(() => minCostFlow(network)).toThrow(/too large/);
  });
});
