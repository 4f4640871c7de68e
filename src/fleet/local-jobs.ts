/** Jobs on data that must stay in one licence area, with a carbon cap: what is over it now waits, and is negotiated. */
import { HALF_HOUR_MS } from '../domain/half-hour.js';
import type { FleetWorkload, Stream } from './arrivals.js';
import type { FleetOperator } from './fleet.js';
import type { Random } from './random.js';
import { UNLIMITED } from './unlimited.js';
import { LIMITS, URGENCY_TERMS } from './workload-kinds.js';

/** Mean number an hour over the whole fleet, while the grid is not stressed: ours, and measured nowhere. */
export const LOCAL_PER_HOUR = 12;

const MINUTES = [15, 60] as const;
const KW = [5, 40] as const;
const { priority: PRIORITY, slackMinutes: SLACK } = URGENCY_TERMS.MEDIUM;

export const LOCAL_JOBS: Stream = {
  name: 'local',
  prefix: 'local-',
  heedsStress: true,
  workloadOf: localJob,
};

function localJob(at: Date, jobId: string, operator: FleetOperator, random: Random): FleetWorkload {
  const powerKw = Number(random.between(...KW).toFixed(1));
  const durationMinutes = random.whole(...MINUTES);
  const slackMinutes = random.whole(...SLACK);
  const cap = Math.round(random.between(...LIMITS.maxCarbonIntensityGco2PerKwh.range));
  return {
    ...UNLIMITED,
    jobId,
    name: `local data processing ${jobId} (synthetic)`,
    type: 'DATA_PROCESSING',
    urgency: 'MEDIUM',
    priority: random.whole(...PRIORITY),
    userEmail: random.pick(operator.users).email,
    estimatedEnergyKwh: Number(((powerKw * durationMinutes) / 60).toFixed(6)),
    powerKw,
    durationMinutes,
    isInterruptible: false,
    isDeferrable: true,
    earliestStart: at,
    deadline: new Date(Math.ceil((at.getTime() + slackMinutes * 60_000) / HALF_HOUR_MS + 2) * HALF_HOUR_MS),
    deferralWindowMinutes: slackMinutes,
    requiredGpuMinutes: null,
    requiredCpuCores: Math.max(1, Math.round(powerKw * 20)),
    requiredMemoryGb: Math.max(4, Math.round(powerKw * 40)),
    maxCarbonIntensityGco2PerKwh: cap,
    allowedRegionIds: [random.whole(1, 14)],
  };
}
