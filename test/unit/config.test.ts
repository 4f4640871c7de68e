import { describe, expect, it } from 'vitest';
import { printEnvExample, readConfig } from '../../src/config.js';
import { PylonError } from '../../src/domain/errors.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

function faultsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (!(error instanceof PylonError)) throw error;
    expect(error.code).toBe('CONFIG_INVALID');
    return error.message.split('\n').slice(1);
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing: every setting has a default', () => {
    expect(readConfig({})).toEqual({
      HOST: '127.0.0.1',
      PYLON_DATA_DIR: '.pylon',
      CARBON_INTENSITY_URL: 'https://api.carbonintensity.org.uk',
      NESO_URL: 'https://api.neso.energy/api/3/action',
      ELEXON_URL: 'https://data.elexon.co.uk/bmrs/api/v1',
      BECKN_URL: 'https://deg-hackathon-bap-sandbox.becknprotocol.io/api',
      BECKN_FILTER: '$[?(@.beckn:itemAttributes.beckn:gridParameters.renewableMix >= 0)]',
      BECKN_PUBLIC_KEYS: new Map(),
      INGEST_INTERVAL_SECONDS: 60,
      INGEST: true,
      SYNTHETIC: true,
      SYNTHETIC_SEED: 1,
      PYLON_ENV: 'development',
      DEMO: true,
      AGENTS: true,
      LOG_RETENTION_HOURS: 168,
      LEASE_SECONDS: 10,
      SOURCE_TIMEOUT_MS: 15_000,
      PUBLIC_READ: true,
      ALLOWED_ORIGINS: [],
      LOG_LEVEL: 'info',
    });
  });

  it('takes an empty variable as unset, and leaves those of others alone', () => {
    const names = [...printEnvExample().matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(readConfig(empty)).toEqual(readConfig({}));
    expect(readConfig({ NODE_ENV: 'production', PATH: '/bin' })).toEqual(readConfig({}));
  });

  it('reads every setting', () => {
    expect(
      readConfig({
        PORT: '0',
        HOST: '0.0.0.0',
        DATABASE_URL: 'postgres://owner:secret@db.example:5433/pylon?sslmode=require',
        DATABASE_APP_URL: 'postgresql://app@db.example/pylon',
        PYLON_DATA_DIR: '/var/lib/pylon',
        CARBON_INTENSITY_URL: 'http://127.0.0.1:4999/carbon-intensity//',
        NESO_URL: 'http://127.0.0.1:4999/neso/',
        ELEXON_URL: 'http://127.0.0.1:4999/elexon',
        BECKN_URL: 'http://127.0.0.1:4999/beckn/',
        BECKN_FILTER: '$.windows',
        BECKN_PUBLIC_KEYS: `one.example|k1|ed25519=${KEY}, two.example|k|ed25519=${KEY}`,
        BECKN_BAP_ID: 'pylon.example',
        PUBLIC_URL: 'https://pylon.example/',
        PYLON_NOW: '2023-11-06T12:30:00Z',
        INGEST_INTERVAL_SECONDS: '5',
        INGEST: 'off',
        SYNTHETIC: 'off',
        SYNTHETIC_SEED: '7',
        PYLON_ENV: 'production',
        DEMO: 'off',
        AGENTS: 'on',
        LOG_RETENTION_HOURS: '1',
        LEASE_SECONDS: '30',
        SOURCE_TIMEOUT_MS: '1000',
        PUBLIC_READ: 'off',
        ALLOWED_ORIGINS: 'https://a.example, https://b.example,',
        LOG_LEVEL: 'debug',
      }),
    ).toEqual({
      PORT: 0,
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://owner:secret@db.example:5433/pylon?sslmode=require',
      DATABASE_APP_URL: 'postgresql://app@db.example/pylon',
      PYLON_DATA_DIR: '/var/lib/pylon',
      CARBON_INTENSITY_URL: 'http://127.0.0.1:4999/carbon-intensity',
      NESO_URL: 'http://127.0.0.1:4999/neso',
      ELEXON_URL: 'http://127.0.0.1:4999/elexon',
      BECKN_URL: 'http://127.0.0.1:4999/beckn',
      BECKN_FILTER: '$.windows',
      BECKN_PUBLIC_KEYS: new Map([
        ['one.example|k1|ed25519', KEY],
        ['two.example|k|ed25519', KEY],
      ]),
      BECKN_BAP_ID: 'pylon.example',
      PUBLIC_URL: 'https://pylon.example',
      PYLON_NOW: new Date('2023-11-06T12:30:00Z'),
      INGEST_INTERVAL_SECONDS: 5,
      INGEST: false,
      SYNTHETIC: false,
      SYNTHETIC_SEED: 7,
      PYLON_ENV: 'production',
      DEMO: false,
      AGENTS: true,
      LOG_RETENTION_HOURS: 1,
      LEASE_SECONDS: 30,
      SOURCE_TIMEOUT_MS: 1000,
      PUBLIC_READ: false,
      ALLOWED_ORIGINS: ['https://a.example', 'https://b.example'],
      LOG_LEVEL: 'debug',
    });
  });

  it('turns synthetic values off in production unless they are asked for', () => {
    expect(readConfig({ PYLON_ENV: 'production' }).SYNTHETIC).toBe(false);
    expect(readConfig({ PYLON_ENV: 'production', SYNTHETIC: 'on' }).SYNTHETIC).toBe(true);
    expect(readConfig({ SYNTHETIC: 'off' }).SYNTHETIC).toBe(false);
  });

  it('has a demo in development unless told otherwise, and none in production', () => {
    expect(readConfig({ DEMO: 'off' }).DEMO).toBe(false);
    expect(readConfig({ PYLON_ENV: 'production' }).DEMO).toBe(false);
    expect(readConfig({ PYLON_ENV: 'production', DEMO: 'off' }).DEMO).toBe(false);
    expect(faultsOf({ PYLON_ENV: 'production', DEMO: 'on' })).toEqual([
      '  DEMO=on: PYLON_ENV=production has no demo',
    ]);
  });

  it('has agents act with the demo, and elsewhere only when told to', () => {
    expect(readConfig({ AGENTS: 'off' })).toMatchObject({ DEMO: true, AGENTS: false });
    expect(readConfig({ DEMO: 'off' }).AGENTS).toBe(false);
    expect(readConfig({ PYLON_ENV: 'production' }).AGENTS).toBe(false);
    expect(readConfig({ PYLON_ENV: 'production', AGENTS: 'on' }).AGENTS).toBe(true);
  });

  it.each([
    ['2023-11-06T12:30Z', '2023-11-06T12:30:00.000Z'],
    ['2023-11-06T12:30:00.500Z', '2023-11-06T12:30:00.500Z'],
    ['2023-07-06T12:30+01:00', '2023-07-06T11:30:00.000Z'],
    ['2023-07-06T12:30:00+01:00', '2023-07-06T11:30:00.000Z'],
  ])('reads %s as an instant', (text, instant) => {
    expect(readConfig({ PYLON_NOW: text }).PYLON_NOW?.toISOString()).toBe(instant);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', ' 80'],
    ['DATABASE_URL', 'mysql://localhost/pylon'],
    ['DATABASE_URL', 'pylon'],
    ['CARBON_INTENSITY_URL', 'ftp://api.example'],
    ['BECKN_URL', 'becknprotocol.io'],
    ['PUBLIC_URL', 'pylon.example'],
    ['BECKN_PUBLIC_KEYS', 'one.example|k1|ed25519'],
    ['BECKN_PUBLIC_KEYS', 'one.example|k1|ed25519=c2hvcnQ='],
    ['BECKN_FILTER', 'x'.repeat(1_001)],
    ['PYLON_NOW', '2023-11-06'],
    ['PYLON_NOW', '2023-11-06T12:30'],
    ['PYLON_NOW', '2023-02-30T12:30Z'],
    ['INGEST_INTERVAL_SECONDS', '0'],
    ['INGEST', 'yes'],
    ['PYLON_ENV', 'prod'],
    ['LOG_RETENTION_HOURS', '0'],
    ['LEASE_SECONDS', '5'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
  });

  it('lists every fault at once', () => {
    const faults = faultsOf({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      PYLON_NOW: 'now',
      INGEST: 'maybe',
      HOST: '::1',
    });
    expect(faults.map((fault) => fault.trim().split('=')[0] ?? '').sort()).toEqual([
      'INGEST',
      'LOG_LEVEL',
      'PORT',
      'PYLON_NOW',
    ]);
    expect(faults.join()).toContain('PORT=http: ');
  });

  it('never repeats a password', () => {
    const faults = faultsOf({
      DATABASE_URL: 'mysql://owner:hunter2@db.example/pylon',
      DATABASE_APP_URL: 'owner:hunter2@db.example',
    });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('.env.example', () => {
  const entries = [...printEnvExample().matchAll(/^# (.+)\n# ([A-Z_]+)=(.*)$/gm)].map(
    ([, description = '', name = '', value = '']) => ({ description, name, value }),
  );

  it('lists every setting, described, and none twice', () => {
    const names = entries.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const optional = ['PORT', 'DATABASE_URL', 'DATABASE_APP_URL', 'BECKN_BAP_ID', 'PUBLIC_URL', 'PYLON_NOW'];
    expect(new Set(names)).toEqual(new Set([...Object.keys(readConfig({})), ...optional]));
    for (const { description } of entries)
      expect(description).toMatch(/^[A-Z].{10,}\.$|^(off|production): .{10,}\.$/);
  });

  it('shows the defaults as they are', () => {
    const shown = entries.filter(
      ({ name, value }) => value !== '' && !['SYNTHETIC', 'DEMO', 'AGENTS', 'PORT'].includes(name),
    );
    const config = readConfig(Object.fromEntries(shown.map(({ name, value }) => [name, value])));
    expect(config).toEqual(readConfig({}));
    for (const setting of ['SYNTHETIC', 'DEMO'])
      expect(entries.find(({ name }) => name === setting)?.value).toBe('on, in production off');
    expect(entries.find(({ name }) => name === 'AGENTS')?.value).toBe('on with the demo');
  });
});
