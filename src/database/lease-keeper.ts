import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { acquireLease, prolongLease, releaseLease, type Lease } from './leases.js';

export interface LeaseKeeper {
  readonly holder: string;
  /** Takes a lease and prolongs it until it is released; null while another process holds it. */
  acquire(name: string): Promise<Lease | null>;
  release(lease: Lease): Promise<void>;
  /** Gives every lease back and stops prolonging. */
  close(): Promise<void>;
}

/**
 * Holds leases for one process, prolonging each at a third of its length. A lease that could not be prolonged simply
 * runs out: the write that names it is then refused by the database, which is the only judge.
 */
export function createLeaseKeeper(
  db: Pick<pg.Pool, 'query'>,
  options: { readonly seconds: number; readonly onError: (error: unknown, lease: string) => void },
): LeaseKeeper {
  const holder = randomUUID();
  const held = new Map<string, Lease>();
  const prolong = async (lease: Lease): Promise<void> => {
    try {
      const kept = await prolongLease(db, lease, options.seconds);
      if (!kept && held.get(lease.name) === lease) held.delete(lease.name);
    } catch (error) {
      options.onError(error, lease.name);
    }
  };
  const timer = setInterval(
    () => {
      for (const lease of held.values()) void prolong(lease);
    },
    (options.seconds * 1000) / 3,
  );
  timer.unref();
  return {
    holder,
    async acquire(name) {
      const lease = await acquireLease(db, name, holder, options.seconds);
      if (lease) held.set(name, lease);
      return lease;
    },
    async release(lease) {
      held.delete(lease.name);
      await releaseLease(db, lease);
    },
    async close() {
      clearInterval(timer);
      const leases = [...held.values()];
      held.clear();
      await Promise.all(leases.map((lease) => releaseLease(db, lease)));
    },
  };
}
