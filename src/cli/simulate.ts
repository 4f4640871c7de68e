import type { Config } from '../config.js';
import { PylonError } from '../domain/errors.js';
import { fleetOf } from '../fleet/fleet.js';
import { HAPPENINGS, LIVE_HAPPENINGS } from '../fleet/happenings.js';
import { seedFleet, type FleetRefusal, type SeedReport } from '../fleet/seed.js';
import { noticeBefore, publishWindows, type Simulation } from '../fleet/simulation.js';
import { simulateSpan, startSimulator, type SpanReport } from '../fleet/simulator.js';
import type { Logger } from '../logger.js';
import { openRuntime, type Runtime } from '../runtime.js';

/** How often it is looked whether something is to happen. */
export const POLL_MS = 5_000;
const HOUR_MS = 3_600_000;

/** The fleet, registered, and what acts for it. */
export async function openFleet({ config, database }: Pick<Runtime, 'config' | 'database'>): Promise<{
  readonly simulation: Simulation;
  readonly seeded: SeedReport;
}> {
  if (config.PYLON_ENV === 'production')
    throw new PylonError(
      'CONFIG_INVALID',
      'PYLON_ENV=production: nothing synthetic is put among what is real',
    );
  const fleet = fleetOf(config.SYNTHETIC_SEED);
  const seeded = await seedFleet(database, fleet);
  return { simulation: { database, fleet, viewers: seeded.viewers, seed: config.SYNTHETIC_SEED }, seeded };
}

/**
 * `pylon simulate`: registers the synthetic fleet and lets happen what happens in it.
 *
 * @param hours of the server's clock from now on, all at once; null: as the time comes, until SIGINT or SIGTERM.
 */
export async function runSimulate(
  { config, log }: { config: Config; log: Logger },
  hours: number | null,
  asJson: boolean,
): Promise<void> {
  const print = (report: SeedPrint | SpanReport): void =>
    void process.stdout.write(`${asJson ? JSON.stringify(report) : text(report)}\n`);
  const withFleet = async (work: (simulation: Simulation) => Promise<void>): Promise<void> => {
    const runtime = await openRuntime(config, log);
    try {
      const { simulation, seeded } = await openFleet(runtime);
      print({ fleet: simulation.fleet.length, registered: seeded.registered, refused: seeded.refused });
      await work(simulation);
    } finally {
      await runtime.close();
    }
  };
  if (hours === null) {
    const stopped = signalled(); // from the beginning, so that no PostgreSQL is left behind
    await withFleet((simulation) => simulateUntil(stopped, simulation, print, log));
  } else await withFleet((simulation) => simulateAhead(simulation, hours, print));
}

interface SeedPrint {
  /** Operators of the fleet. */
  readonly fleet: number;
  /** What was registered now. */
  readonly registered: number;
  readonly refused: readonly FleetRefusal[];
}

const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });

async function simulateUntil(
  stopped: Promise<void>,
  simulation: Simulation,
  onReport: (report: SpanReport) => void,
  log: Logger,
): Promise<void> {
  const simulator = startSimulator(simulation, LIVE_HAPPENINGS, {
    pollMs: POLL_MS,
    onReport,
    onError: (error) => log.error({ error }, 'simulation.failed'),
  });
  await stopped;
  await simulator.stop();
}

async function simulateAhead(
  simulation: Simulation,
  hours: number,
  print: (report: SpanReport) => void,
): Promise<void> {
  const from = simulation.database.clock.now();
  const to = new Date(from.getTime() + hours * HOUR_MS);
  const announced = await simulateSpan(simulation, { windows: publishWindows }, noticeBefore(from));
  print(together(announced, await simulateSpan(simulation, HAPPENINGS, { from, to })));
}

/** What was announced before counts as done in the span. */
const together = (before: SpanReport, span: SpanReport): SpanReport => ({
  ...span,
  done: Object.fromEntries(
    Object.entries(span.done).map(([name, count]) => [name, count + (before.done[name] ?? 0)]),
  ),
  refused: [...before.refused, ...span.refused],
});

function text(report: SeedPrint | SpanReport): string {
  const refused = report.refused.map(({ action, id, reason }) => `  refused ${action} ${id}: ${reason}`);
  const [first] =
    'fleet' in report
      ? [`fleet: ${report.fleet} operators, all synthetic; registered ${report.registered}`]
      : [
          `${report.from.toISOString()} to ${report.to.toISOString()}: ${Object.entries(report.done)
            .map(([name, count]) => `${name} ${count}`)
            .join(', ')}`,
        ];
  return [first, ...refused].join('\n');
}
