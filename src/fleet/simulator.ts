import { messageOf } from '../domain/errors.js';
import {
  noticeBefore,
  publishWindows,
  type Simulation,
  type SimulatedSpan,
  type Step,
} from './simulation.js';
import type { FleetRefusal } from './seed.js';

/** What happens in the fleet, by the name that its reports give it. */
export type Happenings = Readonly<Record<string, Step>>;

/** What was done in a span: how many of each kind, and what was refused. */
export interface SpanReport extends SimulatedSpan {
  readonly done: Readonly<Record<string, number>>;
  readonly refused: readonly FleetRefusal[];
}

/** Does all that happens in a span at once, whatever the time. */
export async function simulateSpan(
  simulation: Simulation,
  happenings: Happenings,
  span: SimulatedSpan,
): Promise<SpanReport> {
  const done: Record<string, number> = {};
  const refused: FleetRefusal[] = [];
  for (const [name, step] of Object.entries(happenings)) {
    const report = await step(simulation, span);
    done[name] = report.done;
    refused.push(...report.refused);
  }
  return { ...span, done, refused };
}

export interface SimulatorOptions {
  readonly pollMs: number;
  /** What would have happened so long before it was started happens at once. */
  readonly backlogMs?: number;
  /** Told of every span in which something was done or refused. */
  readonly onReport: (report: SpanReport) => void;
  /** Told why a span could not be done; it is tried again with the next. */
  readonly onError: (message: string) => void;
}

export interface Simulator {
  /** Nothing more happens; what is under way is waited for. */
  stop(): Promise<void>;
}

/** Lets happen what happens, as the server's clock comes to it. Windows that were announced before are published first. */
export function startSimulator(
  simulation: Simulation,
  happenings: Happenings,
  { pollMs, backlogMs = 0, onReport, onError }: SimulatorOptions,
): Simulator {
  const { clock } = simulation.database;
  const began = clock.now();
  let from = new Date(began.getTime() - backlogMs);
  const tell = (report: SpanReport): void => {
    if (report.refused.length > 0 || Object.values(report.done).some((count) => count > 0)) onReport(report);
  };
  let hasAnnounced = false;
  const look = async (): Promise<void> => {
    if (!hasAnnounced) tell(await simulateSpan(simulation, { windows: publishWindows }, noticeBefore(began)));
    hasAnnounced = true;
    const to = clock.now();
    if (to <= from) return;
    tell(await simulateSpan(simulation, happenings, { from, to }));
    from = to;
  };
  let current: Promise<void> | null = null;
  const begin = (): void => {
    current ??= look()
      .catch((error: unknown) => onError(messageOf(error)))
      .finally(() => (current = null));
  };
  begin();
  const timer = setInterval(begin, pollMs);
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}
