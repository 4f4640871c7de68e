import type { Config } from '../config.js';
import { openOwnerSession } from '../database/owner-session.js';
import { verifyDecisions, type ChainReport } from '../database/decision-chain.js';
import { formatHead, parseHead, type ChainHead } from '../domain/compute/decision-chain.js';
import { PylonError } from '../domain/errors.js';
import type { Logger } from '../logger.js';
import { replayDecision } from '../agents/replay.js';
import { openRuntime } from '../runtime.js';

/** `pylon verify decisions`: walks the chain, makes the decisions of the planner and of the agents again, prints the first row that differs and why, and then exits with 1. */
export async function runVerifyDecisions(
  { config, log }: { config: Config; log: Logger },
  published: ChainHead | null,
  asJson: boolean,
): Promise<void> {
  const runtime = await openRuntime(config, log);
  try {
    const owner = await openOwnerSession(runtime.ownerUrl, (error) =>
      log.warn({ error: error.message }, 'database.connection.lost'),
    );
    let report: ChainReport;
    try {
      report = await verifyDecisions(owner, published, replayDecision);
    } finally {
      await owner.end();
    }
    process.stdout.write(asJson ? `${JSON.stringify(report)}\n` : textOf(report));
    if (report.fault) process.exitCode = 1;
  } finally {
    await runtime.close();
  }
}

/** `--head COUNT:HASH`. @throws {PylonError} BAD_USER_INPUT */
export function publishedHead(text: string): ChainHead {
  const head = parseHead(text);
  if (!head)
    throw new PylonError(
      'BAD_USER_INPUT',
      '--head is COUNT:HASH, as in the log line `decisions.head`: a number and 64 hexadecimal digits',
    );
  return head;
}

export function textOf({ verified, replayed, head, fault }: ChainReport): string {
  const again = replayed === 0 ? '' : `; ${replayed} made again from their inputs, with the same result`;
  if (!fault) return `${verified} decisions, all whole${again}; head ${formatHead(head)}\n`;
  const id = fault.decisionId === null ? '' : ` (${fault.decisionId})`;
  return `${verified} decisions are whole. Decision ${fault.number}${id} is not: ${fault.reason}\n`;
}
