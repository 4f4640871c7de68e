import { lockWorkload, type WorkloadRow } from '../actions/workload-rows.js';
import type { ActionTransaction } from '../database/actions.js';
import { readCommittedPower } from '../database/headroom.js';
import { lockDataCentres } from '../database/placements.js';
import { addHalfHours, halfHours } from '../domain/half-hour.js';
import { cheapestPlaces, type PlaceableCentre } from './cheapest-place.js';
import { readOutlook } from './outlook.js';

/** Half hours that forecasts reach ahead, and a little more. */
const MOST_HALF_HOURS = 120;

/** A place that work has confirmed. */
export interface PlacedWork {
  readonly placementId: string;
  readonly dcId: string;
  readonly regionId: number;
  readonly slots: readonly Date[];
}

export interface Placeable {
  readonly work: WorkloadRow;
  /** Where it may run, each with the half hours that it may run in; its own power counted as left. */
  readonly centres: readonly PlaceableCentre[];
  /** Null: it has no place of its own. */
  readonly placed: PlacedWork | null;
}

interface CentreRow {
  readonly data_centre_id: number;
  readonly dc_id: string;
  readonly region_id: number;
  readonly pue: number;
  readonly capacity_mw: number;
}

/**
 * The work and all that it could be placed at, locked until the action ends: the centres first, in the order of all actions.
 *
 * @throws {Refused} NOT_FOUND
 */
export async function placeable(transaction: ActionTransaction, jobId: string): Promise<Placeable> {
  const { db, viewer, now, grid } = transaction;
  const { rows: centres } = await db.query<CentreRow>(
    `select d.data_centre_id, d.dc_id, d.region_id, d.pue, d.capacity_mw from data_centres d
     join workloads w on w.operator_id = $1 and w.job_id = $2
     where d.status = 'ACTIVE' and (w.allowed_region_ids = '{}' or d.region_id = any (w.allowed_region_ids))
       and (w.allowed_dc_ids = '{}' or d.dc_id = any (w.allowed_dc_ids))
     order by d.data_centre_id`,
    [viewer.operatorId, jobId],
  );
  const ids = centres.map(({ data_centre_id: id }) => id);
  await lockDataCentres(db, ids);
  const work = await lockWorkload(transaction, { jobId });
  const placed = await placedWork(transaction, work);
  const from = work.earliest_start > now ? work.earliest_start : now;
  const starts = halfHours(from, work.deadline)
    .filter((start) => addHalfHours(start, 1) <= work.deadline)
    .slice(0, MOST_HALF_HOURS);
  const [first] = starts;
  const last = starts.at(-1);
  if (!first || !last) return { work, centres: [], placed };
  const span = { from: first, to: addHalfHours(last, 1) };
  const committed = await readCommittedPower(db, ids, span, now);
  const regionIds = [...new Set(centres.map(({ region_id: id }) => id))];
  const outlook = await readOutlook(grid, first, { regionIds, halfHours: starts.length });
  const known = new Map(outlook.map((each) => [`${each.regionId} ${each.from.getTime()}`, each]));
  return {
    work,
    placed,
    centres: centres.map((centre) => ({
      dcId: centre.dc_id,
      regionId: centre.region_id,
      pue: centre.pue,
      halfHours: starts.map((start) => {
        const expected = known.get(`${centre.region_id} ${start.getTime()}`);
        const takenW = committed.get(centre.data_centre_id)?.get(start.getTime()) ?? 0;
        const isOwn =
          placed?.dcId === centre.dc_id && placed.slots.some((slot) => slot.getTime() === start.getTime());
        const ownW = isOwn ? Math.ceil(work.power_kw * centre.pue * 1000) : 0;
        return {
          from: start,
          gco2PerKwh: expected?.gco2PerKwh ?? null,
          renewablePct: expected?.renewablePct ?? null,
          gridStress: expected?.gridStress ?? null,
          gbpPerMwh: expected?.gbpPerMwh ?? null,
          availableKw: Math.floor(centre.capacity_mw * 1_000_000 - takenW + ownW) / 1000,
        };
      }),
    })),
  };
}

async function placedWork(
  { db }: Pick<ActionTransaction, 'db'>,
  { workload_id: workloadId }: Pick<WorkloadRow, 'workload_id'>,
): Promise<PlacedWork | null> {
  const { rows } = await db.query<PlacedWork>(
    `select p.code as "placementId", d.dc_id as "dcId", d.region_id as "regionId",
       (select array_agg(s.slot_from order by s.slot_from) from placement_slots s where s.placement_id = p.placement_id) as slots
     from placements p join data_centres d on d.data_centre_id = p.data_centre_id
     where p.workload_id = $1 and p.state = 'CONFIRMED' order by p.placement_id desc limit 1`,
    [workloadId],
  );
  return rows[0] ?? null;
}

/** What the place that work has would cause by the newest that is expected, g; null where that is not known. */
export function carbonOfSlots(
  work: WorkloadRow,
  placed: PlacedWork,
  centres: readonly PlaceableCentre[],
): number | null {
  const centre = centres.find(({ dcId }) => dcId === placed.dcId);
  if (!centre) return null;
  const slots = new Set(placed.slots.map((slot) => slot.getTime()));
  const own = centre.halfHours.filter(({ from }) => slots.has(from.getTime()));
  if (own.length !== slots.size || own.some(({ gco2PerKwh }) => gco2PerKwh === null)) return null;
  const [place] = cheapestPlaces(
    {
      powerKw: work.power_kw,
      durationMinutes: work.duration_minutes,
      isInterruptible: true,
      maxCarbonIntensityGco2PerKwh: null,
      carbonBudgetGco2: null,
      maxPriceGbpPerMwh: null,
      maxCostGbp: null,
      minRenewablePct: null,
      maxGridStress: null,
    },
    [{ ...centre, halfHours: own }],
    { carbonWeight: 1, costWeight: 0 },
  );
  return place?.carbonGco2 ?? null;
}
