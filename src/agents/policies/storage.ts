import { floorToHalfHour } from '../../domain/half-hour.js';
import { minute } from '../conditions.js';
import type { Policy, Proposal } from '../policy.js';
import type { OutlookHalfHour, StorageSeen, View } from '../seen.js';

/** Half hours ahead over which prices are compared. */
const AHEAD = 48;
const HOURS = 0.5;
/** A store is charged in this share of the half hours ahead, the cheapest, and discharged in as many, the dearest. */
const SHARE = 0.25;
/** What is left out of account: a store is full, or empty, to this share of its capacity. */
const TOLERANCE = 1e-6;

const ACTING = ['IDLE', 'CHARGING', 'DISCHARGING'];

/**
 * Charges stores when electricity is cheap and discharges them when it is dear, by the prices expected of the day ahead, and by
 * carbon intensity where no price is; only where what is got back is worth more than what the losses leave. In the demo it also
 * says what a store holds. A real store's own system does that, and is told by the decisions.
 */
export const storage: Policy = {
  name: 'storage',
  version: '1',
  type: 'STORAGE_AGENT',
  topics: [],
  may: ['updateStorageAsset', 'recordDecision'],
  needs(stimulus) {
    if (stimulus.kind !== 'HALF_HOUR') return null;
    const regionIds = Array.from({ length: 14 }, (_, i) => i + 1);
    return { storage: true, outlook: { regionIds, halfHours: AHEAD } };
  },
  decide: ({ view }) =>
    view.storage.filter(({ status }) => ACTING.includes(status)).flatMap((asset) => schedule(view, asset)),
};

interface Wanted {
  readonly status: 'IDLE' | 'CHARGING' | 'DISCHARGING';
  readonly words: string;
  readonly signals: readonly OutlookHalfHour[];
}

function schedule(view: View, asset: StorageSeen): Proposal[] {
  const chargeMwh = view.agent.isDemo ? afterHalfAnHour(asset) : asset.chargeMwh;
  const wanted = wantedOf(view, { ...asset, chargeMwh });
  const changes = wanted.status !== asset.status;
  const holds = `${asset.assetId} holds ${chargeMwh.toFixed(2)} of ${asset.capacityMwh} MWh`;
  const reason = `${holds} and is ${wanted.status === 'IDLE' ? 'to rest' : `to be ${wanted.status}`}: ${wanted.words}`;
  const decision = {
    type: wanted.status === 'DISCHARGING' ? 'SCHEDULE_DISCHARGE' : 'PRICE_OPTIMIZATION',
    reasoning: `${reason}.`,
    signals: wanted.signals.map(({ regionId, from }) => ({ regionId, from })),
    inputs: { assetId: asset.assetId, chargeMwh, from: asset.status, to: wanted.status },
    flexibilityContributionMw: wanted.status === 'DISCHARGING' ? dischargeMw({ ...asset, chargeMwh }) : null,
  } as const;
  if (view.agent.isDemo) {
    if (!changes && chargeMwh === asset.chargeMwh) return [];
    const input = { assetId: asset.assetId, chargeMwh };
    return changes
      ? [{ action: 'updateStorageAsset', input: { ...input, status: wanted.status }, reason, decision }]
      : [{ action: 'updateStorageAsset', input, reason: `${holds} after half an hour of ${asset.status}` }];
  }
  if (!changes) return [];
  const { flexibilityContributionMw, ...said } = decision;
  const [chief] = wanted.signals;
  return [
    {
      action: 'recordDecision',
      input: {
        ...said,
        agentId: view.agent.agentId,
        policy: { name: storage.name, version: storage.version },
        regionId: chief?.regionId,
        signalFrom: chief?.from,
        ...(flexibilityContributionMw === null ? {} : { prediction: { flexibilityContributionMw } }),
      },
      reason,
    },
  ];
}

/** What a store of the demo holds after half an hour of what it does. All the loss is counted when it is charged. */
export function afterHalfAnHour(asset: StorageSeen): number {
  const { capacityMwh, chargeMwh, efficiencyPct, maxChargeMw, status } = asset;
  if (status === 'CHARGING')
    return rounded(Math.min(capacityMwh, chargeMwh + (maxChargeMw * HOURS * efficiencyPct) / 100));
  if (status === 'DISCHARGING') return rounded(chargeMwh - dischargeMw(asset) * HOURS);
  return chargeMwh;
}

/** What it can give for half an hour, MW. */
const dischargeMw = ({
  maxDischargeMw,
  chargeMwh,
}: Pick<StorageSeen, 'maxDischargeMw' | 'chargeMwh'>): number => Math.min(maxDischargeMw, chargeMwh / HOURS);

function wantedOf({ now, outlook }: View, asset: StorageSeen): Wanted {
  const own = outlook.filter(({ regionId }) => regionId === asset.regionId);
  const isPriced = own.some(({ gbpPerMwh }) => gbpPerMwh !== null);
  const unit = isPriced ? 'GBP/MWh' : 'gCO2/kWh';
  const worthOf = (half: OutlookHalfHour): number | null => (isPriced ? half.gbpPerMwh : half.gco2PerKwh);
  const ranked = own
    .flatMap((half) => {
      const worth = worthOf(half);
      return worth === null ? [] : [{ half, worth }];
    })
    .sort((a, b) => a.worth - b.worth || a.half.from.getTime() - b.half.from.getTime());
  const count = Math.floor(ranked.length * SHARE);
  const present = ranked.findIndex(({ half }) => half.from.getTime() === floorToHalfHour(now).getTime());
  const at = ranked[present];
  const cheap = ranked[count - 1];
  const dear = ranked[ranked.length - count];
  if (!at || !cheap || !dear)
    return { status: 'IDLE', words: 'too little is forecast of the day ahead to tell', signals: [] };
  const signals = [at.half, cheap.half, dear.half];
  const span = `${at.worth.toFixed(1)} ${unit} at ${minute(at.half.from)}, where a quarter of the day ahead is at ${cheap.worth.toFixed(1)} or less and a quarter at ${dear.worth.toFixed(1)} or more`;
  const isFull = asset.chargeMwh >= asset.capacityMwh * (1 - TOLERANCE);
  const isEmpty = asset.chargeMwh <= asset.capacityMwh * TOLERANCE;
  if (dear.worth * (asset.efficiencyPct / 100) <= cheap.worth)
    return { status: 'IDLE', words: `${span}: the losses take more than the difference`, signals };
  if (present < count && !isFull) return { status: 'CHARGING', words: span, signals };
  if (present >= ranked.length - count && !isEmpty) return { status: 'DISCHARGING', words: span, signals };
  const why =
    present < count ? ', but it is full' : present >= ranked.length - count ? ', but it is empty' : '';
  return { status: 'IDLE', words: `${span}${why}`, signals };
}

const rounded = (mwh: number): number => Math.max(0, Number(mwh.toFixed(6)));
