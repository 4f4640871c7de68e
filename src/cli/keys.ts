import type pg from 'pg';
import type { Config } from '../config.js';
import { openOwnerSession } from '../database/owner-session.js';
import {
  createOperator,
  issueKey,
  listKeys,
  operatorNumber,
  operatorTypes,
  revokeKey,
  type ListedKey,
} from '../database/issued-keys.js';
import { PylonError } from '../domain/errors.js';
import { API_ROLES, API_SCOPES, SCOPES_OF_ROLE, type ApiRole, type ApiScope } from '../domain/viewer.js';
import type { Logger } from '../logger.js';
import { openRuntime } from '../runtime.js';

const UNIQUE_VIOLATION = '23505';

type Setting = { readonly config: Config; readonly log: Logger };

export interface CreateOptions {
  readonly operator: string;
  readonly role: string;
  /** Comma-separated; all of the role's when left out. */
  readonly scopes?: string;
  readonly name: string;
  /** Type of the operator, which is then made unless there is one of that name. */
  readonly createOperator?: string;
  readonly email?: string;
  readonly json?: true;
}

/** `pylon keys create`: the key alone on stdout, this once. */
export async function runCreateKey(setting: Setting, options: CreateOptions): Promise<void> {
  const role = oneOf('--role', API_ROLES, options.role);
  const scopes = scopesGiven(role, options.scopes);
  const name = textGiven('--name', options.name, 100);
  await asOwner(setting, async (owner) => {
    await owner.query('begin'); // ended with the session where anything fails
    const operatorId = await operatorOf(owner, options);
    const { key, prefix } = await issueKey(owner, { operatorId, name, role, scopes });
    await owner.query('commit');
    const effective = scopes.length > 0 ? scopes : SCOPES_OF_ROLE[role];
    if (options.json)
      return print(JSON.stringify({ key, prefix, operator: options.operator, role, scopes: effective }));
    process.stderr.write(
      `A key of ${options.operator}, ${role}, for ${effective.join(', ')}. Keep it now: it is shown this once.\n`,
    );
    return print(key);
  });
}

/** `pylon keys list`: what there is, without secrets. */
export async function runListKeys(
  setting: Setting,
  { operator, json }: { readonly operator?: string; readonly json?: true },
): Promise<void> {
  await asOwner(setting, async (owner) => {
    const keys = await listKeys(owner, operator ?? null);
    print(json ? JSON.stringify(keys) : keys.map(line).join('\n') || 'There are no keys.');
  });
}

/** `pylon keys revoke`: by the prefix, with or without `pylon_`, or by the whole key. */
export async function runRevokeKey(setting: Setting, given: string): Promise<void> {
  const [, prefix] = /^(?:pylon_)?([0-9a-f]{12})(?:_.*)?$/.exec(given) ?? [];
  if (prefix === undefined)
    throw new PylonError('BAD_USER_INPUT', 'name the key by the 12 characters after `pylon_`');
  await asOwner(setting, async (owner) => {
    const revoked = await revokeKey(owner, prefix);
    if (!revoked)
      throw new PylonError('BAD_USER_INPUT', `there is no key pylon_${prefix}; see \`keys list\``);
    print(`pylon_${prefix} of ${revoked.operator} is revoked since ${revoked.revokedAt.toISOString()}`);
  });
}

async function asOwner({ config, log }: Setting, work: (owner: pg.Client) => Promise<void>): Promise<void> {
  const runtime = await openRuntime(config, log);
  try {
    const owner = await openOwnerSession(runtime.ownerUrl, (error) =>
      log.warn({ error: error.message }, 'database.connection.lost'),
    );
    try {
      await work(owner);
    } finally {
      await owner.end();
    }
  } finally {
    await runtime.close();
  }
}

async function operatorOf(
  owner: pg.Client,
  { operator, createOperator: type, email }: CreateOptions,
): Promise<number> {
  const name = textGiven('--operator', operator, 255);
  const known = await operatorNumber(owner, name);
  if (known !== null) return known;
  if (type === undefined)
    throw new PylonError(
      'BAD_USER_INPUT',
      `there is no operator ${JSON.stringify(name)}; --create-operator TYPE --email ADDRESS makes it`,
    );
  const made = {
    name,
    type: oneOf('--create-operator', await operatorTypes(owner), type),
    email: emailGiven(email),
  };
  try {
    return await createOperator(owner, made);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === UNIQUE_VIOLATION)) throw cause;
    throw new PylonError('BAD_USER_INPUT', `--email: another operator is reached at ${made.email}`, {
      cause,
    });
  }
}

function scopesGiven(role: ApiRole, given: string | undefined): readonly ApiScope[] {
  if (given === undefined) return [];
  const scopes = given.split(',').map((word) => oneOf('--scopes', API_SCOPES, word.trim()));
  const beyond = scopes.filter((scope) => !SCOPES_OF_ROLE[role].includes(scope));
  if (beyond.length > 0)
    throw new PylonError(
      'BAD_USER_INPUT',
      `--scopes: ${beyond.join(', ')} are beyond the role ${role}, which has ${SCOPES_OF_ROLE[role].join(', ')}`,
    );
  return [...new Set(scopes)];
}

function oneOf<Word extends string>(option: string, words: readonly Word[], given: string): Word {
  const word = words.find((each) => each === given.toUpperCase());
  if (word === undefined)
    throw new PylonError(
      'BAD_USER_INPUT',
      `${option}: ${JSON.stringify(given)} is none of ${words.join(', ')}`,
    );
  return word;
}

function textGiven(option: string, given: string, longest: number): string {
  const text = given.trim();
  if (text === '' || text.length > longest || !text.isWellFormed())
    throw new PylonError('BAD_USER_INPUT', `${option} must be 1 to ${longest} characters`);
  return text;
}

function emailGiven(given: string | undefined): string {
  if (given === undefined || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(given) || given.length > 254)
    throw new PylonError('BAD_USER_INPUT', '--create-operator needs --email, where the operator is reached');
  return given;
}

function line({
  prefix,
  operator,
  name,
  role,
  scopes,
  isDevelopment,
  lastUsedAt,
  revokedAt,
}: ListedKey): string {
  const state = revokedAt
    ? `revoked ${revokedAt.toISOString()}`
    : lastUsedAt
      ? `last used ${lastUsedAt.toISOString()}`
      : 'never used';
  const rights = scopes.length > 0 ? `${role} (${scopes.join(', ')})` : role;
  return [prefix, operator, rights, name, ...(isDevelopment ? ['development'] : []), state].join('  ');
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
