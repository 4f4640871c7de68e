import type { FlowNetwork } from './flow-network.js';

export interface Flow {
  /** Units of supply that no path could carry; 0: everything was sent. Otherwise the rest is a flow that sends as much as can be, and not the cheapest. */
  readonly unsent: number;
  /** Sum of cost × flow over the arcs. */
  readonly cost: number;
  /** Units on each arc, whole. */
  readonly flow: Float64Array;
  /**
   * One number a node: the dual certificate. With reduced cost = cost + potential(from) − potential(to), an arc with room
   * left has none below 0, and an arc that carries anything has none above 0. A flow for which such numbers exist is the
   * cheapest there is.
   */
  readonly potential: Float64Array;
}

/** Where to begin: the nearer to the optimum, the fewer steps. It changes which of several optima is found, and no cost. */
export interface FlowStart {
  /** Units on each arc: nothing, all it can carry, or, for arcs of the tree, anything between. */
  readonly flow: Float64Array;
  /** Of each node an arc between it and another, such that going on over the other's leads to a node without: −1. */
  readonly treeArc: Int32Array;
}

const nothingSent = ({ nodeCount, arcCount }: FlowNetwork): FlowStart => ({
  flow: new Float64Array(arcCount),
  treeArc: new Int32Array(nodeCount).fill(-1),
});

const LOWER = 1;
const TREE = 0;
const UPPER = -1;
const UP = 1;
const DOWN = -1;

/**
 * The cheapest flow, by the primal network simplex method: a spanning tree is kept as a thread, and the arc to enter is the
 * worst of a block, so that pricing looks at few of many. Exact in whole numbers, and deterministic: the same network gives
 * the same flow and the same certificate.
 *
 * @throws {RangeError} when the supplies do not sum to 0, or numbers grow too large to be exact.
 */
export function minCostFlow(network: FlowNetwork, start: FlowStart = nothingSent(network)): Flow {
  const tree = new SpanningTree(network, start);
  tree.optimise();
  return tree.result();
}

/** Arcs looked at before the worst of them enters: √arcs does well, more pays in large networks. */
const blockSizeOf = (arcs: number): number => Math.max(20, Math.ceil(Math.sqrt(arcs) * 2));

class SpanningTree {
  readonly #arcs: number;
  readonly #root: number;
  readonly #source: Int32Array;
  readonly #target: Int32Array;
  readonly #capacity: Float64Array;
  readonly #cost: Float64Array;
  readonly #flow: Float64Array;
  readonly #state: Int8Array;
  readonly #potential: Float64Array;
  /** The tree: each node's parent and the arc to it, its nodes in preorder, both ways, with the size and the last of each subtree. */
  readonly #parent: Int32Array;
  readonly #arcUp: Int32Array;
  readonly #direction: Int8Array;
  readonly #thread: Int32Array;
  readonly #reverse: Int32Array;
  readonly #size: Int32Array;
  readonly #last: Int32Array;
  readonly #dirty: number[] = [];
  #next = 0;

  constructor(
    { nodeCount, arcCount, supply, from, to, capacity, cost }: FlowNetwork,
    { flow, treeArc }: FlowStart,
  ) {
    const all = arcCount + nodeCount;
    const nodes = nodeCount + 1;
    this.#arcs = arcCount;
    this.#root = nodeCount;
    this.#source = new Int32Array(all);
    this.#target = new Int32Array(all);
    this.#capacity = new Float64Array(all).fill(Infinity);
    this.#cost = new Float64Array(all);
    this.#flow = new Float64Array(all);
    this.#state = new Int8Array(all).fill(LOWER);
    this.#source.set(from);
    this.#target.set(to);
    this.#capacity.set(capacity);
    this.#cost.set(cost);
    this.#potential = new Float64Array(nodes);
    this.#parent = new Int32Array(nodes);
    this.#arcUp = new Int32Array(nodes);
    this.#direction = new Int8Array(nodes);
    this.#thread = new Int32Array(nodes);
    this.#reverse = new Int32Array(nodes);
    this.#size = new Int32Array(nodes);
    this.#last = new Int32Array(nodes);
    this.#flow.set(flow);
    for (let e = 0; e < arcCount; e += 1) if (flow[e]! > 0 && flow[e] === capacity[e]) this.#state[e] = UPPER;
    this.#plant(supply, treeArc, artificialCost(cost, nodeCount));
  }

  /** The first tree: nodes without an arc of their own hang on the root, by an artificial one, over which goes what is left to send. */
  #plant(supply: Float64Array, treeArc: Int32Array, artificial: number): void {
    const root = this.#root;
    const left = this.#leftToSend(supply);
    const children: number[][] = Array.from({ length: root + 1 }, () => []);
    this.#parent[root] = -1;
    this.#arcUp[root] = -1;
    for (let u = 0; u < root; u += 1) {
      const own = treeArc[u]!;
      const e = own < 0 ? this.#arcs + u : own;
      if (own < 0) {
        const gives = left[u]! >= 0;
        this.#source[e] = gives ? u : root;
        this.#target[e] = gives ? root : u;
        this.#flow[e] = Math.abs(left[u]!);
        this.#cost[e] = gives ? 0 : artificial;
      } else if (left[u] !== 0)
        throw new RangeError(`node ${u} has ${left[u]} units left, and no artificial arc to send them by`);
      const isUp = this.#source[e] === u;
      this.#state[e] = TREE;
      this.#arcUp[u] = e;
      this.#direction[u] = isUp ? UP : DOWN;
      this.#parent[u] = isUp ? this.#target[e]! : this.#source[e]!;
      children[this.#parent[u]!]?.push(u);
    }
    this.#prepare(children);
  }

  /** What of each supply the flow given does not send. */
  #leftToSend(supply: Float64Array): Float64Array {
    const left = supply.slice();
    let sum = 0;
    for (const [u, units] of supply.entries()) {
      if (!Number.isSafeInteger(units))
        throw new RangeError(`node ${u} has a supply of ${units}: it must be whole`);
      sum += units;
    }
    if (sum !== 0) throw new RangeError(`supplies sum to ${sum}, not to 0`);
    for (let e = 0; e < this.#arcs; e += 1) {
      left[this.#source[e]!]! -= this.#flow[e]!;
      left[this.#target[e]!]! += this.#flow[e]!;
    }
    return left;
  }

  /** Threads the tree, and prices it so that none of its arcs costs anything. */
  #prepare(children: readonly (readonly number[])[]): void {
    const root = this.#root;
    const order: number[] = [];
    const stack = [root];
    for (let u = stack.pop(); u !== undefined; u = stack.pop()) {
      order.push(u);
      if (u !== root) {
        const e = this.#arcUp[u]!;
        this.#potential[u] = this.#potential[this.#parent[u]!]! - this.#direction[u]! * this.#cost[e]!;
      }
      const own = children[u] ?? [];
      for (let i = own.length - 1; i >= 0; i -= 1) stack.push(own[i]!);
    }
    if (order.length <= root) throw new RangeError('the arcs of the tree to begin from form a circle');
    for (const [i, u] of order.entries()) {
      const next = order[(i + 1) % order.length]!;
      this.#thread[u] = next;
      this.#reverse[next] = u;
      this.#size[u] = 1;
      this.#last[u] = u;
    }
    for (let i = order.length - 1; i > 0; i -= 1) {
      const u = order[i]!;
      const p = this.#parent[u]!;
      this.#size[p]! += this.#size[u]!;
      if (this.#last[p] === p) this.#last[p] = this.#last[u]!;
    }
  }

  optimise(): void {
    for (let entering = this.#enter(); entering >= 0; entering = this.#enter()) this.#pivot(entering);
  }

  result(): Flow {
    let unsent = 0;
    for (let u = 0; u < this.#root; u += 1)
      if (this.#source[this.#arcs + u] === this.#root) unsent += this.#flow[this.#arcs + u]!;
    let cost = 0;
    for (let e = 0; e < this.#arcs; e += 1) cost += this.#cost[e]! * this.#flow[e]!;
    if (!Number.isSafeInteger(cost)) throw new RangeError(`a total cost of ${cost} is too large to be exact`);
    return {
      unsent,
      cost,
      flow: this.#flow.slice(0, this.#arcs),
      potential: this.#potential.slice(0, this.#root),
    };
  }

  /** The arc that saves most among a block of them, going round; −1 when none saves anything. */
  #enter(): number {
    const source = this.#source;
    const target = this.#target;
    const cost = this.#cost;
    const state = this.#state;
    const potential = this.#potential;
    const arcs = this.#arcs;
    const block = blockSizeOf(arcs);
    let best = 0;
    let entering = -1;
    let left = block;
    let e = this.#next;
    for (let looked = 0; looked < arcs; looked += 1) {
      if (e >= arcs) e = 0;
      const reduced = state[e]! * (cost[e]! + potential[source[e]!]! - potential[target[e]!]!);
      if (reduced < best) {
        best = reduced;
        entering = e;
      }
      e += 1;
      left -= 1;
      if (left === 0) {
        if (entering >= 0) break;
        left = block;
      }
    }
    this.#next = e;
    return entering;
  }

  #pivot(entering: number): void {
    const parent = this.#parent;
    const arcUp = this.#arcUp;
    const direction = this.#direction;
    const flow = this.#flow;
    const capacity = this.#capacity;
    const state = this.#state;
    const from = this.#source[entering]!;
    const to = this.#target[entering]!;
    const join = this.#joinOf(from, to);

    // How much can go round the cycle, and which arc of it is full or empty then: of equals the last, so that no tree comes twice.
    const first = state[entering] === LOWER ? from : to;
    const second = first === from ? to : from;
    let delta = capacity[entering]!;
    let leaving = -1;
    let onFirst = true;
    for (let u = first; u !== join; u = parent[u]!) {
      const e = arcUp[u]!;
      const room = direction[u] === DOWN ? capacity[e]! - flow[e]! : flow[e]!;
      if (room < delta) {
        delta = room;
        leaving = u;
      }
    }
    for (let u = second; u !== join; u = parent[u]!) {
      const e = arcUp[u]!;
      const room = direction[u] === UP ? capacity[e]! - flow[e]! : flow[e]!;
      if (room <= delta) {
        delta = room;
        leaving = u;
        onFirst = false;
      }
    }
    if (delta > 0) {
      const units = state[entering]! * delta;
      flow[entering]! += units;
      for (let u = from; u !== join; u = parent[u]!) flow[arcUp[u]!]! -= direction[u]! * units;
      for (let u = to; u !== join; u = parent[u]!) flow[arcUp[u]!]! += direction[u]! * units;
    }
    if (leaving < 0) {
      state[entering] = -state[entering]!;
      return;
    }
    const e = arcUp[leaving]!;
    state[entering] = TREE;
    state[e] = flow[e] === 0 ? LOWER : UPPER;
    const [inner, outer] = onFirst ? [first, second] : [second, first];
    this.#regraft(entering, inner, outer, leaving, join);
    this.#reprice(entering, inner, outer);
  }

  /** Where the paths to the root meet. */
  #joinOf(u: number, v: number): number {
    const size = this.#size;
    const parent = this.#parent;
    while (u !== v) {
      if (size[u]! < size[v]!) u = parent[u]!;
      else v = parent[v]!;
    }
    return u;
  }

  /** Cuts the subtree of `cut` off and hangs it, with `inner` as its top, under `outer`. */
  #regraft(entering: number, inner: number, outer: number, cut: number, join: number): void {
    const parent = this.#parent;
    const arcUp = this.#arcUp;
    const direction = this.#direction;
    const thread = this.#thread;
    const reverse = this.#reverse;
    const size = this.#size;
    const last = this.#last;
    const beforeCut = reverse[cut]!;
    const cutSize = size[cut]!;
    const cutLast = last[cut]!;
    const above = parent[cut]!;
    const directionIn = inner === this.#source[entering] ? UP : DOWN;

    if (inner === cut) {
      parent[inner] = outer;
      arcUp[inner] = entering;
      direction[inner] = directionIn;
      if (thread[outer] !== cut) {
        let after = thread[cutLast]!;
        thread[beforeCut] = after;
        reverse[after] = beforeCut;
        after = thread[outer]!;
        thread[outer] = cut;
        reverse[cut] = outer;
        thread[cutLast] = after;
        reverse[after] = cutLast;
      }
    } else {
      // The path from `inner` up to `cut` turns round: each of its nodes becomes the parent of the one that was its parent.
      const goesOn = beforeCut === outer ? thread[cutLast]! : thread[outer]!;
      let stem = inner;
      let stemParent = outer;
      let end = last[inner]!;
      let after = thread[end]!;
      const dirty = this.#dirty;
      dirty.length = 0;
      thread[outer] = inner;
      dirty.push(outer);
      while (stem !== cut) {
        const nextStem = parent[stem]!;
        thread[end] = nextStem;
        dirty.push(end);
        const before = reverse[stem]!;
        thread[before] = after;
        reverse[after] = before;
        parent[stem] = stemParent;
        stemParent = stem;
        stem = nextStem;
        end = last[stem] === last[stemParent] ? reverse[stemParent]! : last[stem]!;
        after = thread[end]!;
      }
      parent[cut] = stemParent;
      thread[end] = goesOn;
      reverse[goesOn] = end;
      last[cut] = end;
      if (beforeCut !== outer) {
        thread[beforeCut] = after;
        reverse[after] = beforeCut;
      }
      for (const u of dirty) reverse[thread[u]!] = u;
      let grown = 0;
      const newLast = last[cut];
      for (let u = cut, p = parent[u]!; u !== inner; u = p, p = parent[u]!) {
        arcUp[u] = arcUp[p]!;
        direction[u] = -direction[p]!;
        grown += size[u]! - size[p]!;
        size[u] = grown;
        last[p] = newLast;
      }
      arcUp[inner] = entering;
      direction[inner] = directionIn;
      size[inner] = cutSize;
    }

    // The ends of the subtrees above, on both sides.
    const stop = last[join] === outer ? join : -1;
    const newLast = last[cut]!;
    for (let u = outer; u !== -1 && last[u] === outer; u = parent[u]!) last[u] = newLast;
    if (join !== beforeCut && outer !== beforeCut) {
      for (let u = above; u !== stop && last[u] === cutLast; u = parent[u]!) last[u] = beforeCut;
    } else if (newLast !== cutLast) {
      for (let u = above; u !== stop && last[u] === cutLast; u = parent[u]!) last[u] = newLast;
    }
    for (let u = outer; u !== join; u = parent[u]!) size[u]! += cutSize;
    for (let u = above; u !== join; u = parent[u]!) size[u]! -= cutSize;
  }

  /** The moved subtree's potentials, so that the arc that entered costs nothing. */
  #reprice(entering: number, inner: number, outer: number): void {
    const potential = this.#potential;
    const thread = this.#thread;
    const shift = potential[outer]! - potential[inner]! - this.#direction[inner]! * this.#cost[entering]!;
    const end = thread[this.#last[inner]!]!;
    for (let u = inner; u !== end; u = thread[u]!) potential[u]! += shift;
  }
}

/** Dearer than any path; and no sum of such prices may grow inexact. */
function artificialCost(cost: Float64Array, nodeCount: number): number {
  let dearest = 0;
  for (const each of cost) dearest = Math.max(dearest, Math.abs(each));
  const artificial = (dearest + 1) * (nodeCount + 1);
  if (artificial * 4 > Number.MAX_SAFE_INTEGER)
    throw new RangeError(`costs up to ${dearest} over ${nodeCount} nodes are too large to be exact`);
  return artificial;
}
