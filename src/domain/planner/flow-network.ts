/** A directed network with whole supplies, capacities and costs. Arcs are numbered as they are added. */
export class FlowNetwork {
  readonly nodeCount: number;
  /** Units that each node gives; what it takes is negative. */
  readonly supply: Float64Array;
  #from: Int32Array;
  #to: Int32Array;
  #capacity: Float64Array;
  #cost: Float64Array;
  #arcCount = 0;

  constructor(nodeCount: number, expectedArcs = 1024) {
    this.nodeCount = nodeCount;
    this.supply = new Float64Array(nodeCount);
    const room = Math.max(1, expectedArcs);
    this.#from = new Int32Array(room);
    this.#to = new Int32Array(room);
    this.#capacity = new Float64Array(room);
    this.#cost = new Float64Array(room);
  }

  get arcCount(): number {
    return this.#arcCount;
  }

  /** @returns the arc's number. @throws {RangeError} for a number that is not whole. */
  addArc(from: number, to: number, capacity: number, cost: number): number {
    if (!Number.isSafeInteger(capacity) || capacity < 0 || !Number.isSafeInteger(cost))
      throw new RangeError(`an arc of capacity ${capacity} and cost ${cost}: both must be whole`);
    if (this.#arcCount === this.#from.length) this.#grow();
    const arc = this.#arcCount;
    this.#from[arc] = from;
    this.#to[arc] = to;
    this.#capacity[arc] = capacity;
    this.#cost[arc] = cost;
    this.#arcCount += 1;
    return arc;
  }

  get from(): Int32Array {
    return this.#from.subarray(0, this.#arcCount);
  }
  get to(): Int32Array {
    return this.#to.subarray(0, this.#arcCount);
  }
  get capacity(): Float64Array {
    return this.#capacity.subarray(0, this.#arcCount);
  }
  get cost(): Float64Array {
    return this.#cost.subarray(0, this.#arcCount);
  }

  #grow(): void {
    const larger = <Numbers extends Int32Array | Float64Array>(numbers: Numbers): Numbers => {
      const copy = new (numbers.constructor as new (length: number) => Numbers)(numbers.length * 2);
      copy.set(numbers);
      return copy;
    };
    this.#from = larger(this.#from);
    this.#to = larger(this.#to);
    this.#capacity = larger(this.#capacity);
    this.#cost = larger(this.#cost);
  }
}
