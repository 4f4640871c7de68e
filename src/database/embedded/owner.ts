import type { Client } from 'pg';
import { connect, isWrongPassword } from './connection.js';
import type { Secrets } from './secrets.js';

/** The login that owns the database: it migrates, archives, and makes the role that requests use. No superuser. */
export const OWNER = 'pylon_owner';
export const DATABASE = 'pylon';

/** Whether the role has the rights it needs, and no more. */
interface Found {
  readonly role: 'missing' | 'wrong' | 'right';
  readonly database: boolean;
}

/** Creates the owner and its database, or sets right what is there. Call it with the start lock held. */
export async function ensureOwner(superuser: Client, port: number, secrets: Secrets): Promise<void> {
  const { rows } = await superuser.query<Found>(
    `select
       coalesce(
         (select case when rolcanlogin and rolcreaterole and rolcreatedb and not rolsuper then 'right' else 'wrong' end
            from pg_roles where rolname = $1),
         'missing'
       ) as role,
       exists (select from pg_database where datname = $2) as database`,
    [OWNER, DATABASE],
  );
  const found = rows[0] ?? { role: 'missing', database: false };
  const rights = `login nosuperuser createrole createdb password ${superuser.escapeLiteral(secrets.owner)}`;
  if (found.role === 'missing') await superuser.query(`create role ${OWNER} ${rights}`);
  if (found.role === 'wrong') await superuser.query(`alter role ${OWNER} ${rights}`);
  if (!found.database) {
    await superuser.query(`create database ${DATABASE} owner ${OWNER} encoding 'UTF8' template template0`);
  }
  if (found.role === 'right' && !(await canLogIn(port, secrets))) {
    await superuser.query(`alter role ${OWNER} ${rights}`);
  }
}

async function canLogIn(port: number, secrets: Secrets): Promise<boolean> {
  try {
    const login = { port, user: OWNER, password: secrets.owner, database: DATABASE };
    const client = await connect({ ...login, applicationName: 'supervisor-check' });
    await client.end();
    return true;
  } catch (error) {
    if (isWrongPassword(error)) return false;
    throw error;
  }
}

/** For every client: migrations, Prisma, pools. */
export const ownerUrl = (port: number, secrets: Secrets): string =>
  `postgresql://${OWNER}:${secrets.owner}@127.0.0.1:${port}/${DATABASE}`;
