import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/database/embedded/supervisor.js';
import { prepareDatabase, type PreparedDatabase } from '../../src/database/open.js';
import { SOURCE_FACTS } from '../../src/ingest/catalog.js';
import { TEMPORARY } from './temporary.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Owner of a PostgreSQL that may create databases; with TEMPLATE_DATABASE migrated and seeded. */
    readonly ownerUrl: string;
    /** What is known of TEMPLATE_DATABASE, and so of every copy: its clock is the real one. */
    readonly template: Omit<PreparedDatabase, 'clock'>;
  }
}

export const TEMPLATE_DATABASE = 'pylon_template';

/** One PostgreSQL for the whole suite, and one migrated database in it that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(TEMPORARY, 'pylon-test-'));
  await chmod(folder, 0o755); // as root the server runs as somebody else, who must reach it
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '300',
      timezone: 'Europe/London',
    },
  });
  const owner = new pg.Client({ connectionString: postgres.ownerUrl });
  await owner.connect();
  await owner.query(`create database ${TEMPLATE_DATABASE}`);
  await owner.end();
  const { clock: _real, ...template } = await prepareDatabase({
    ownerUrl: withDatabase(postgres.ownerUrl, TEMPLATE_DATABASE),
    appUrl: null,
    pylonNow: null,
    sources: SOURCE_FACTS,
    onError: (error) => console.error(error),
  });
  project.provide('ownerUrl', postgres.ownerUrl);
  project.provide('template', template);
  return async () => {
    await postgres.stop({ force: true });
    await rm(folder, { recursive: true, force: true });
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
