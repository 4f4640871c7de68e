import { Client } from 'pg';
import { onTestFinished } from 'vitest';

/** A connection that ends with the test. */
export async function connected(connectionString: string, applicationName?: string): Promise<Client> {
  const client = new Client({ connectionString, application_name: applicationName });
  client.on('error', () => undefined); // some tests stop the server under it
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
