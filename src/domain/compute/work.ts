/** How far energy and power times duration may lie apart, as a share of the energy. */
const AGREEMENT = 0.01;

/** How much work there is: the energy it takes at its power for its duration, without the facility's share. */
export interface Work {
  readonly estimatedEnergyKwh: number;
  /** Mean power while it runs. */
  readonly powerKw: number;
  readonly durationMinutes: number;
}

export type StatedWork = { readonly [Part in keyof Work]: number | null };

/**
 * The work of which at least two of energy, power and duration are stated; the third follows from them. A duration that
 * follows is whole minutes, rounded up.
 *
 * @returns what is wrong with it, where it is too little stated or does not agree within 1 %.
 */
export function workOf({ estimatedEnergyKwh, powerKw, durationMinutes }: StatedWork): Work | string {
  if (estimatedEnergyKwh !== null && powerKw !== null && durationMinutes !== null) {
    const product = (powerKw * durationMinutes) / 60;
    return Math.abs(product - estimatedEnergyKwh) <= estimatedEnergyKwh * AGREEMENT
      ? { estimatedEnergyKwh, powerKw, durationMinutes }
      : `estimatedEnergyKwh is ${estimatedEnergyKwh}, but powerKw for durationMinutes is ${product} kWh: they must agree within 1 %`;
  }
  if (powerKw !== null && durationMinutes !== null)
    return { estimatedEnergyKwh: (powerKw * durationMinutes) / 60, powerKw, durationMinutes };
  if (estimatedEnergyKwh !== null && durationMinutes !== null)
    return { estimatedEnergyKwh, powerKw: (estimatedEnergyKwh * 60) / durationMinutes, durationMinutes };
  if (estimatedEnergyKwh !== null && powerKw !== null)
    return {
      estimatedEnergyKwh,
      powerKw,
      durationMinutes: Math.max(1, Math.ceil((estimatedEnergyKwh * 60) / powerKw - ROUNDING)),
    };
  return 'needs at least two of estimatedEnergyKwh, powerKw and durationMinutes; the third follows';
}

/** Less than a minute that only the arithmetic of doubles makes of a whole number is no minute. */
const ROUNDING = 1e-9;

/**
 * The work after an amendment. Of one part alone: a new energy or duration is at the same power, a new power for the same
 * energy. Two of them give the third.
 */
export function amendedWork(before: Work, stated: StatedWork): Work | string {
  const given = [stated.estimatedEnergyKwh, stated.powerKw, stated.durationMinutes].filter(
    (part) => part !== null,
  ).length;
  if (given === 0) return before;
  if (given > 1) return workOf(stated);
  if (stated.powerKw !== null) return workOf({ ...stated, estimatedEnergyKwh: before.estimatedEnergyKwh });
  return workOf({ ...stated, powerKw: before.powerKw });
}
