/** Queries that somebody waits for: a few minutes of little power, at once, within no limit but the time. */
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import { KW_PER_GPU, type FleetWorkload, type Stream } from './arrivals.js';
import type { FleetOperator } from './fleet.js';
import type { Random } from './random.js';
import { UNLIMITED } from './unlimited.js';

/** Mean number an hour over the whole fleet, whatever the grid is like: ours, and measured nowhere. */
export const URGENT_PER_HOUR = 30;

const MINUTES = [3, 8] as const;
const KW = [1, 10] as const;
const PRIORITY = [86, 100] as const;

export const URGENT_QUERIES: Stream = {
  name: 'urgent',
  prefix: 'urgent-',
  heedsStress: false,
  workloadOf: urgentQuery,
};

function urgentQuery(at: Date, jobId: string, operator: FleetOperator, random: Random): FleetWorkload {
  const powerKw = Number(random.between(...KW).toFixed(1));
  const durationMinutes = random.whole(...MINUTES);
  const gpus = Math.max(1, Math.ceil(powerKw / KW_PER_GPU));
  return {
    ...UNLIMITED,
    jobId,
    name: `urgent query ${jobId} (synthetic)`,
    type: 'RAG_QUERY',
    urgency: 'CRITICAL',
    priority: random.whole(...PRIORITY),
    userEmail: random.pick(operator.users).email,
    estimatedEnergyKwh: Number(((powerKw * durationMinutes) / 60).toFixed(6)),
    powerKw,
    durationMinutes,
    isInterruptible: false,
    isDeferrable: false,
    earliestStart: at,
    // The end of the next half hour, so that there is time also late in this one.
    deadline: new Date((Math.ceil(at.getTime() / HALF_HOUR_MS) + 1) * HALF_HOUR_MS),
    deferralWindowMinutes: null,
    requiredGpuMinutes: gpus * durationMinutes,
    requiredCpuCores: gpus * 8,
    requiredMemoryGb: gpus * 64,
  };
}
