import type { Centre, PlanningProblem, RegionOutlook } from './problem.js';

/** A series as it is kept: as it is, or, where that is shorter, as values each with how often it comes one after the other. */
type Packed<Value> = readonly Value[] | { readonly runs: readonly (Value | number)[] };

type PackedRegion = {
  readonly [Key in keyof RegionOutlook]: RegionOutlook[Key] extends readonly (infer V)[]
    ? Packed<V>
    : RegionOutlook[Key];
};
type PackedCentre = {
  readonly [Key in keyof Centre]: Centre[Key] extends readonly (infer V)[] ? Packed<V> : Centre[Key];
};

/** A problem as a decision keeps it: the same, in less room. */
export interface PackedProblem extends Omit<
  PlanningProblem,
  'regions' | 'centres' | 'gbpPerMwh' | 'gridStress'
> {
  readonly regions: readonly PackedRegion[];
  readonly centres: readonly PackedCentre[];
  readonly gbpPerMwh: Packed<number | null>;
  readonly gridStress: Packed<number | null>;
}

export const packProblem = (problem: PlanningProblem): PackedProblem => ({
  ...problem,
  gbpPerMwh: pack(problem.gbpPerMwh),
  gridStress: pack(problem.gridStress),
  regions: problem.regions.map((region) => ({
    ...region,
    gco2PerKwh: pack(region.gco2PerKwh),
    errorGco2PerKwh: pack(region.errorGco2PerKwh),
    renewablePct: pack(region.renewablePct),
  })),
  centres: problem.centres.map((centre) => ({
    ...centre,
    roomW: pack(centre.roomW),
    standingW: pack(centre.standingW),
  })),
});

export const unpackProblem = (packed: PackedProblem): PlanningProblem => ({
  ...packed,
  gbpPerMwh: unpack(packed.gbpPerMwh),
  gridStress: unpack(packed.gridStress),
  regions: packed.regions.map((region) => ({
    ...region,
    gco2PerKwh: unpack(region.gco2PerKwh),
    errorGco2PerKwh: unpack(region.errorGco2PerKwh),
    renewablePct: unpack(region.renewablePct),
  })),
  centres: packed.centres.map((centre) => ({
    ...centre,
    roomW: unpack(centre.roomW),
    standingW: unpack(centre.standingW),
  })),
  // Problems that were kept before stores had a first slot had whole half hours alone.
  storage: packed.storage.map((store) => ({ ...store, from: (store as Partial<typeof store>).from ?? 0 })),
});

function pack<Value>(values: readonly Value[]): Packed<Value> {
  const runs: (Value | number)[] = [];
  let since = 0;
  for (let i = 1; i <= values.length; i += 1) {
    if (i < values.length && values[i] === values[since]) continue;
    runs.push(values[since]!, i - since);
    since = i;
  }
  return runs.length < values.length ? { runs } : values;
}

function unpack<Value>(packed: Packed<Value>): readonly Value[] {
  if (!('runs' in packed)) return packed;
  const values: Value[] = [];
  for (let i = 0; i < packed.runs.length; i += 2)
    for (let n = packed.runs[i + 1] as number; n > 0; n -= 1) values.push(packed.runs[i] as Value);
  return values;
}
