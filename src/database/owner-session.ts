import pg from 'pg';
import { OWNER_CONNECTION_SETTINGS, connectionTo } from './pools.js';

/** A session of the owner, in UTC; to be ended. @param onError hears of a connection that is cut, as its queries do. */
export async function openOwnerSession(url: string, onError: (error: Error) => void): Promise<pg.Client> {
  const owner = new pg.Client({
    ...OWNER_CONNECTION_SETTINGS,
    ...connectionTo(url, OWNER_CONNECTION_SETTINGS.options),
    application_name: 'pylon-owner',
  });
  owner.on('error', onError);
  await owner.connect();
  return owner;
}
