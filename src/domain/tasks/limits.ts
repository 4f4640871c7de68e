import { REGIONS } from '../regions.js';
import { NUMBER, numberOf, type Reading } from './reading.js';
import type { Said, TaskLimits } from './task.js';

const MOST = String.raw`(?:under|below|less than|at most|no more than|max(?:imum)?(?:\s+of)?|up to|<=?|capped at)`;
const LEAST = String.raw`(?:at least|over|more than|above|min(?:imum)?(?:\s+of)?|>=?)`;

/** What a request says of carbon, price, renewables, stress and place. */
export function readLimits(reading: Reading): { readonly limits: TaskLimits; readonly said: Said[] } {
  const said: Said[] = [];
  const number = (pattern: string, what: string, unit: string, factor = 1): number | null => {
    const match = reading.take(new RegExp(pattern, 'i'));
    if (!match) return null;
    const value = numberOf(match[1] ?? match[2] ?? '') * factor;
    said.push({ what, value: `${value} ${unit}`, words: match[0].trim() });
    return value;
  };
  // Masses of all carbon before intensities: `500 kg` is no `500 g`.
  const budgetKg = number(
    String.raw`${MOST}\s+(${NUMBER})\s*kg(?:\s*(?:of\s+)?(?:co2e?|carbon))?\b`,
    'carbonBudgetGco2',
    'g',
    1_000,
  );
  const budgetTonnes = number(
    String.raw`${MOST}\s+(${NUMBER})\s*(?:t|tonnes?)(?:\s*(?:of\s+)?(?:co2e?|carbon))?\b`,
    'carbonBudgetGco2',
    'g',
    1e6,
  );
  const intensity = number(
    String.raw`${MOST}\s+(${NUMBER})\s*g(?:rams?)?(?:\s*(?:of\s+)?(?:co2e?|carbon))?(?:\s*(?:\/|per|a)\s*kwh)?\b`,
    'maxCarbonIntensityGco2PerKwh',
    'gCO2/kWh',
  );
  const price = number(
    String.raw`${MOST}\s+(?:£\s*(${NUMBER})|(${NUMBER})\s*(?:gbp|pounds?|£))\s*(?:\/|per|a)\s*mwh\b`,
    'maxPriceGbpPerMwh',
    'GBP/MWh',
  );
  const cost = number(
    String.raw`${MOST}\s+(?:£\s*(${NUMBER})|(${NUMBER})\s*(?:gbp\b|pounds?\b|£))`,
    'maxCostGbp',
    'GBP',
  );
  const renewable =
    number(
      String.raw`${LEAST}\s+(${NUMBER})\s*(?:%|per ?cent)\s*(?:renewables?|green)(?:\s+(?:energy|power|electricity))?`,
      'minRenewablePct',
      '%',
    ) ??
    number(
      String.raw`(${NUMBER})\s*%\s*(?:renewables?|green)(?:\s+(?:energy|power|electricity))?`,
      'minRenewablePct',
      '%',
    );
  const stress = number(String.raw`(?:grid\s+)?stress\s+${MOST}\s+(0?\.\d+|1)`, 'maxGridStress', '(0–1)');
  return {
    limits: {
      carbonBudgetGco2: budgetKg ?? budgetTonnes,
      maxCarbonIntensityGco2PerKwh: intensity,
      maxPriceGbpPerMwh: price,
      maxCostGbp: cost,
      minRenewablePct: renewable,
      maxGridStress: stress,
      allowedRegionIds: readRegions(reading, said),
    },
    said,
  };
}

/** Places that are named after `in`: a licence area, a country with all of its areas, Great Britain for any. */
function readRegions(reading: Reading, said: Said[]): number[] {
  const ids = new Set<number>();
  for (const { regionId, shortName } of [...REGIONS].sort(
    (a, b) => b.shortName.length - a.shortName.length,
  )) {
    const match = reading.take(
      new RegExp(String.raw`\b(?:in|only in|or(?: in)?)\s+${escaped(shortName)}\b`, 'i'),
    );
    if (!match) continue;
    const within = REGIONS.filter(({ parentRegionId }) => parentRegionId === regionId).map(
      (region) => region.regionId,
    );
    if (regionId <= 14) ids.add(regionId);
    else for (const child of within.filter((id) => id <= 14)) ids.add(child);
    said.push({
      what: 'allowedRegionIds',
      value:
        regionId === 18 ? 'any region' : `${shortName}: ${regionId <= 14 ? regionId : within.join(', ')}`,
      words: match[0].trim(),
    });
  }
  return [...ids].sort((a, b) => a - b);
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
