import type { Client } from 'pg';

/** application_name of the connection by which a process shows that it uses the server. */
export const PRESENCE = 'pylon-supervisor';

/** A process's sign that it uses the server; it vanishes with the process, however that ends. */
export interface Presence {
  /** Idempotent; resolves once the server has forgotten the connection. */
  end(): Promise<void>;
}

/** Keeps a connection open as such a sign. It does not keep our process alive. */
export function present(client: Client, onLost: (error: Error) => void): Presence {
  let lost = false;
  let ended: Promise<void> | null = null;
  client.on('error', (error) => {
    if (lost || ended) return;
    lost = true;
    onLost(error);
  });
  const connection = client as Client & { ref(): void; unref(): void }; // there, but not in the types
  connection.unref();
  return {
    async end() {
      if (lost) return;
      connection.ref();
      ended ??= client.end();
      await ended;
    },
  };
}
