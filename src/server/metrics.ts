import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { RunReport } from '../ingest/run.js';
import { sources } from '../resolvers/sources.js';
import type { Context } from '../context.js';
import type { Hub } from '../subscriptions/hub.js';
import { readDecisionHead } from '../database/decision-chain.js';
import { readLogHead } from '../database/event-log.js';
import { messageOf } from '../domain/errors.js';
import type { Logger } from '../logger.js';
import { createAgentMetrics, type AgentMetrics } from './agent-metrics.js';

export interface Metrics {
  readonly contentType: string;
  readonly requestSeconds: Histogram<'route' | 'status'>;
  countRun(report: RunReport): void;
  readonly agents: AgentMetrics;
  /** The text of this moment. */
  scrape(): Promise<string>;
}

export interface MetricsSources {
  readonly hub: Hub;
  readonly socketCount: () => number;
  readonly createContext: () => Context;
  readonly log: Logger;
}

/** What Prometheus scrapes. Ages and the log's end are read when it asks; without the database the rest is told. */
export function createMetrics({ hub, socketCount, createContext, log }: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const runs = new Counter({
    name: 'pylon_ingest_runs_total',
    help: 'Runs of this process, by source and status.',
    labelNames: ['source', 'status'],
    registers,
  });
  const rows = new Counter({
    name: 'pylon_ingest_rows_total',
    help: 'Rows, by source and what became of them.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const age = new Gauge({
    name: 'pylon_source_age_seconds',
    help: 'Seconds since the last success of a source.',
    labelNames: ['source'],
    registers,
  });
  const healthy = new Gauge({
    name: 'pylon_source_healthy',
    help: '1 when the last run of a source succeeded and is not stale.',
    labelNames: ['source'],
    registers,
  });
  const failures = new Gauge({
    name: 'pylon_source_failures',
    help: 'Failed runs since the last success.',
    labelNames: ['source'],
    registers,
  });
  const sequence = new Gauge({
    name: 'pylon_log_sequence',
    help: 'Last sequence of the event log.',
    registers,
  });
  const decisions = new Gauge({
    name: 'pylon_decisions_total',
    help: 'Decisions in the chain. It never falls.',
    registers,
  });
  const decisionHead = new Gauge({
    name: 'pylon_decision_head_info',
    help: '1, with the number and the hash of the last decision: what `pylon verify decisions --head` takes.',
    labelNames: ['count', 'hash'],
    registers,
  });
  const databaseUp = new Gauge({
    name: 'pylon_database_up',
    help: '1 when the database answered this scrape; else what is read from it is left out.',
    registers,
  });
  gauge('pylon_sockets', 'Open websockets.', socketCount);
  gauge('pylon_subscribers', 'Subscriptions served.', () => hub.subscriberCount);
  gauge(
    'pylon_subscription_groups',
    'Distinct subscriptions among them, each executed once.',
    () => hub.groupCount,
  );
  gauge('pylon_pushed_messages', 'Messages sent to subscribers since the start.', () => hub.counts.messages);
  gauge(
    'pylon_subscription_gaps',
    'Times a slow subscriber fell behind and caught up.',
    () => hub.counts.gaps,
  );
  gauge(
    'pylon_subscriptions_abandoned',
    'Subscribers closed because they read nothing.',
    () => hub.counts.abandoned,
  );
  const requestSeconds = new Histogram({
    name: 'pylon_http_request_seconds',
    help: 'Time to answer an HTTP request.',
    labelNames: ['route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  return {
    contentType: registry.contentType,
    requestSeconds,
    agents: createAgentMetrics(registry),
    countRun({ source, status, rowsRead, rowsChanged, rowsRefused }) {
      runs.inc({ source, status });
      rows.inc({ source, outcome: 'read' }, rowsRead);
      rows.inc({ source, outcome: 'changed' }, rowsChanged);
      rows.inc({ source, outcome: 'refused' }, rowsRefused);
    },
    async scrape() {
      // Before the registry is read: it collects all gauges at once, and one must not wait for another.
      await askDatabase();
      return registry.metrics();
    },
  };

  async function askDatabase(): Promise<void> {
    for (const told of [sequence, decisions, decisionHead, age, healthy, failures]) told.reset();
    try {
      const context = createContext();
      const { pool } = context.database;
      const [head, chain, healths] = await Promise.all([
        readLogHead(pool),
        readDecisionHead(pool),
        sources(context),
      ]);
      sequence.set(Number(head.lastSequence));
      decisions.set(chain.count);
      decisionHead.set({ count: String(chain.count), hash: chain.hash }, 1);
      for (const health of healths) {
        const labels = { source: health.source.id };
        healthy.set(labels, health.state === 'HEALTHY' ? 1 : 0);
        failures.set(labels, health.failures);
        if (health.ageSeconds !== null) age.set(labels, health.ageSeconds);
      }
      databaseUp.set(1);
    } catch (error) {
      log.error({ error: messageOf(error) }, 'metrics.database.unavailable');
      sequence.remove({});
      decisions.remove({});
      databaseUp.set(0);
    }
  }

  function gauge(name: string, help: string, read: () => number): void {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  }
}
