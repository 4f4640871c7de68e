import { z } from 'zod';
import { PylonError } from './domain/errors.js';

/** `on`/`off` and what people write for them. */
const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((word) => word === 'on' || word === 'true' || word === '1');
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ });
const whole = (least: number, most: number) =>
  z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(least).max(most));
/** With its offset, and with or without seconds: `2023-11-06T12:30Z`. */
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })], {
    error: 'must be an ISO instant with its offset, e.g. 2023-11-06T12:30Z',
  })
  .transform((text) => new Date(text));

/** Whatever its share of renewables: items that state one are windows. */
const ALL_WINDOWS = '$[?(@.beckn:itemAttributes.beckn:gridParameters.renewableMix >= 0)]';

/** Every setting: its description is what `.env.example` prints, its default is what it is when unset. */
const settings = {
  PORT: [
    whole(0, 65535).optional(),
    '4000',
    'Port of the one HTTP and websocket server. Set and taken: fails. Unset: the next free one is taken and said.',
  ],
  HOST: [z.string().min(1).default('127.0.0.1'), '127.0.0.1', 'Address to listen on.'],
  DATABASE_URL: [
    databaseUrl.optional(),
    '',
    'Owner of any PostgreSQL >= 15. Unset: an embedded PostgreSQL 18 in PYLON_DATA_DIR.',
  ],
  DATABASE_APP_URL: [
    databaseUrl.optional(),
    '',
    'Login that requests use: neither superuser nor BYPASSRLS nor owner. Unset: made by the owner.',
  ],
  PYLON_DATA_DIR: [z.string().min(1).default('.pylon'), '.pylon', 'Folder of the embedded PostgreSQL.'],
  CARBON_INTENSITY_URL: [
    url.default('https://api.carbonintensity.org.uk'),
    'https://api.carbonintensity.org.uk',
    'Base URL of the Carbon Intensity API, a mirror or a replay of it.',
  ],
  NESO_URL: [
    url.default('https://api.neso.energy/api/3/action'),
    'https://api.neso.energy/api/3/action',
    "Base URL of the NESO data portal's CKAN API, a mirror or a replay of it.",
  ],
  ELEXON_URL: [
    url.default('https://data.elexon.co.uk/bmrs/api/v1'),
    'https://data.elexon.co.uk/bmrs/api/v1',
    'Base URL of the Elexon Insights API, a mirror or a replay of it.',
  ],
  BECKN_URL: [
    url.default('https://deg-hackathon-bap-sandbox.becknprotocol.io/api'),
    'https://deg-hackathon-bap-sandbox.becknprotocol.io/api',
    'Base URL that Beckn messages are sent to.',
  ],
  BECKN_FILTER: [
    z.string().max(1_000).default(ALL_WINDOWS),
    ALL_WINDOWS,
    'JSONPath that discover sends: which items of the marketplace are wanted.',
  ],
  BECKN_PUBLIC_KEYS: [
    z.string().default('').transform(publicKeys),
    '',
    'Comma-separated keyId=base64 of the ed25519 keys that callbacks are signed with. Unset: unsigned ones are taken, marked unverified.',
  ],
  BECKN_BAP_ID: [
    z.string().max(160).optional(),
    '',
    'Who we are on the Beckn network. Unset: we ask as the host of PUBLIC_URL, and buy nothing.',
  ],
  PUBLIC_URL: [
    url.optional(),
    '',
    'Where others reach this server. Unset: Beckn callbacks cannot be asked for, only answers given at once are taken, and nothing is bought.',
  ],
  PYLON_NOW: [
    instant.optional(),
    '',
    'ISO instant at which the clock of this database starts, and runs on; for replays of past days.',
  ],
  INGEST_INTERVAL_SECONDS: [
    whole(1, 3600).default(60),
    '60',
    'How often the scheduler looks. A source is asked no more often than its publisher updates.',
  ],
  INGEST: [flag.default(true), 'on', 'off: a gateway that serves and never ingests.'],
  SYNTHETIC: [
    flag.optional(),
    'on, in production off',
    'Whether a source that cannot be reached is filled in with labelled synthetic values.',
  ],
  SYNTHETIC_SEED: [
    whole(0, 2 ** 31 - 1).default(1),
    '1',
    'Seed of the synthetic values: the same seed, the same grid.',
  ],
  PYLON_ENV: [
    z.enum(['development', 'production']).default('development'),
    'development',
    'production: no synthetic values, no development key. Never derived from NODE_ENV.',
  ],
  DEMO: [
    flag.optional(),
    'on, in production off',
    'Whether a labelled synthetic fleet of operators, data centres, storage and agents is registered, and acts.',
  ],
  AGENTS: [
    flag.optional(),
    'on with the demo',
    'Whether agents act in this process: those whose own config says `hosted: true`, and with the demo those of its fleet.',
  ],
  LOG_RETENTION_HOURS: [whole(1, 24 * 366).default(168), '168', 'How long event cursors live.'],
  LEASE_SECONDS: [
    whole(6, 300).default(10),
    '10',
    'How long the leader among several processes may be silent before another takes over.',
  ],
  SOURCE_TIMEOUT_MS: [
    whole(100, 120_000).default(15_000),
    '15000',
    'How long a publisher may take for headers, and between two pieces of a body.',
  ],
  PUBLIC_READ: [
    flag.default(true),
    'on',
    'off: nothing is read without an API key. On: the grid, and what operators make public, is open to read.',
  ],
  ALLOWED_ORIGINS: [
    z.string().default('').transform(list),
    '',
    'Comma-separated browser origins allowed besides the own one, for HTTP and websockets.',
  ],
  LOG_LEVEL: [
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    'info',
    'Least level that is logged.',
  ],
} as const;

function list(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Key id and key by the first `=`: base64 may end in more of them. */
function publicKeys(text: string, context: z.RefinementCtx): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const item of list(text)) {
    const [, keyId, key] = /^([^=]+)=([A-Za-z0-9+/]{43}=)$/.exec(item) ?? [];
    if (keyId === undefined || key === undefined)
      context.addIssue({ code: 'custom', message: 'must be keyId=<32 bytes in base64>, comma-separated' });
    else keys.set(keyId, key);
  }
  return keys;
}

type Settings = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name][0]> };

export interface Config extends Omit<Settings, 'SYNTHETIC' | 'DEMO' | 'AGENTS'> {
  readonly SYNTHETIC: boolean;
  readonly DEMO: boolean;
  readonly AGENTS: boolean;
}

const schema = z
  .object(Object.fromEntries(Object.entries(settings).map(([name, [type]]) => [name, type])))
  .refine(({ PYLON_ENV, DEMO }) => PYLON_ENV !== 'production' || DEMO !== true, {
    path: ['DEMO'],
    message: 'PYLON_ENV=production has no demo',
  });

/**
 * Reads the environment once. An empty variable counts as unset.
 *
 * @throws {PylonError} CONFIG_INVALID listing every fault at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const result = schema.safeParse(given);
  if (!result.success) {
    const faults = result.error.issues.map(
      ({ path, message }) => `  ${shown(path.join('.'), given)}: ${message}`,
    );
    throw new PylonError(
      'CONFIG_INVALID',
      `the configuration has ${faults.length} fault(s):\n${faults.join('\n')}`,
    );
  }
  const values = result.data as Settings;
  const isProduction = values.PYLON_ENV === 'production';
  const hasDemo = values.DEMO ?? !isProduction;
  return {
    ...values,
    SYNTHETIC: values.SYNTHETIC ?? !isProduction,
    DEMO: hasDemo,
    AGENTS: values.AGENTS ?? hasDemo,
  };
}

/** A setting as it was given; without the value where that may hold a password. */
const shown = (name: string, given: Readonly<Record<string, string | undefined>>): string =>
  name.startsWith('DATABASE_') ? name : `${name}=${given[name] ?? ''}`;

/** `.env.example`, printed from the settings above. */
export function printEnvExample(): string {
  const entries = Object.entries(settings).map(
    ([name, [, fallback, description]]) => `# ${description}\n# ${name}=${fallback}\n`,
  );
  return `# Every setting of Pylon. All are optional; a value shown is the default.\n\n${entries.join('\n')}`;
}
