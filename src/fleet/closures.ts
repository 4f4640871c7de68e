/** Data centres that close for a few minutes: where the most work is placed ahead, so that there is something to move. */
import { updateDataCentre } from '../actions/registry/update-data-centre.js';
import { readCentrePower } from '../database/planning/centres.js';
import { readAs } from '../database/viewers.js';
import { addHalfHours, floorToHalfHour } from '../domain/half-hour.js';
import type { KnownViewer } from '../domain/viewer.js';
import { randomOf } from './random.js';
import { doEach, type Simulation, type SimulatedSpan, type Step, type StepReport } from './simulation.js';

/** One in each: far oftener than anywhere, so that who looks on for ten minutes sees one. */
const EVERY_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
/** Minutes into each that it begins, and that it lasts. */
const BEGINS = [2, 4] as const;
const LASTS = [3, 5] as const;
/** Half hours ahead in which placed work is counted. */
const AHEAD = 96;

export interface Closure extends SimulatedSpan {
  readonly id: string;
}

/** The closures of which any part lies in a span, by their start: from one seed always the same. */
export function closuresIn(seed: number, { from, to }: SimulatedSpan): Closure[] {
  const closures: Closure[] = [];
  for (let n = Math.floor(from.getTime() / EVERY_MS); n * EVERY_MS < to.getTime(); n += 1) {
    const random = randomOf(seed, `closure/${n}`);
    const begins = new Date(n * EVERY_MS + random.whole(...BEGINS) * MINUTE_MS);
    const ends = new Date(begins.getTime() + random.whole(...LASTS) * MINUTE_MS);
    if (ends > from && begins < to)
      closures.push({ id: `sim-${seed}-closure-${begins.toISOString()}`, from: begins, to: ends });
  }
  return closures;
}

/** Closes a data centre for what is begun and not over by the clock, and opens those of the fleet again for which none is. */
export const closeCentres: Step = async (simulation, span) => {
  const now = simulation.database.clock.now();
  const closures = closuresIn(simulation.seed, span);
  const present = closures.find(({ from, to }) => from <= now && now < to);
  if (present) return close(simulation, present, now);
  const last = closures.findLast(({ to }) => to <= now);
  return last ? open(simulation, last) : NOTHING;
};

const NOTHING: StepReport = { done: 0, refused: [] };

interface OwnCentre {
  readonly dcId: string;
  readonly viewer: KnownViewer;
}

const ownCentres = ({ fleet, viewers }: Simulation): OwnCentre[] =>
  fleet.flatMap(({ slug, dataCentres }) => {
    const viewer = viewers.get(slug);
    return viewer ? dataCentres.map(({ dcId }) => ({ dcId, viewer })) : [];
  });

async function close(simulation: Simulation, { id }: Closure, now: Date): Promise<StepReport> {
  const closed = await closedOf(simulation);
  if (closed.length > 0) return NOTHING;
  const busiest = await busiestOf(simulation, now);
  return busiest ? change(simulation, [busiest], 'MAINTENANCE', `${id}/closes`) : NOTHING;
}

const open = async (simulation: Simulation, { id }: Closure): Promise<StepReport> =>
  change(simulation, await closedOf(simulation), 'ACTIVE', `${id}/opens`);

/** Of the fleet, what is in maintenance. */
async function closedOf(simulation: Simulation): Promise<OwnCentre[]> {
  const own = ownCentres(simulation);
  const [first] = own;
  if (!first) return [];
  const { rows } = await readAs(simulation.database.pool, first.viewer, (db) =>
    db.query<{ dc_id: string }>(
      `select dc_id from data_centres where status = 'MAINTENANCE' and dc_id = any ($1) order by dc_id`,
      [own.map(({ dcId }) => dcId)],
    ),
  );
  return rows.flatMap(({ dc_id: dcId }) => own.find((centre) => centre.dcId === dcId) ?? []);
}

/** Where the most work is placed ahead; null: none is. */
async function busiestOf(simulation: Simulation, now: Date): Promise<OwnCentre | null> {
  const own = ownCentres(simulation);
  const [first] = own;
  if (!first) return null;
  const next = addHalfHours(floorToHalfHour(now), 1);
  const centres = await readAs(simulation.database.pool, first.viewer, (db) =>
    readCentrePower(
      db,
      { regionIds: [], dcIds: own.map(({ dcId }) => dcId) },
      { from: next, to: addHalfHours(next, AHEAD) },
      now,
    ),
  );
  const [most] = centres
    .map(({ dcId, committedW }) => ({ dcId, placedW: committedW.reduce((sum, watts) => sum + watts, 0) }))
    .filter(({ placedW }) => placedW > 0)
    .sort((a, b) => b.placedW - a.placedW);
  return own.find(({ dcId }) => dcId === most?.dcId) ?? null;
}

const change = (
  { database }: Simulation,
  centres: readonly OwnCentre[],
  status: 'ACTIVE' | 'MAINTENANCE',
  key: string,
): Promise<StepReport> =>
  doEach(
    centres.map(({ dcId, viewer }) => ({ viewer, id: `${key}/${dcId}`, input: { dcId, status } })),
    database,
    updateDataCentre,
  );
