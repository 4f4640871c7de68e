import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signingText } from '../../../src/beckn/signature.js';
import { item, onDiscover } from '../../support/beckn.js';
import { startMarket, type Market } from './market.js';

const KEY_ID = 'aire.example|key-1|ed25519';
const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const raw = (key: typeof ours.publicKey): string =>
  Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');

interface Signing {
  readonly keyId?: string;
  readonly privateKey?: typeof ours.privateKey;
  readonly created?: number;
  readonly expires?: number;
  readonly algorithm?: string;
  readonly headers?: string;
  /** The body that is signed, where another one is sent. */
  readonly body?: string;
}

const now = (): number => Math.floor(Date.now() / 1000);

function authorization(sent: string, signing: Signing = {}): string {
  const { keyId = KEY_ID, privateKey = ours.privateKey, created = now(), expires = now() + 60 } = signing;
  const { algorithm = 'ed25519', headers = '(created) (expires) digest', body = sent } = signing;
  const signature = sign(null, Buffer.from(signingText(created, expires, Buffer.from(body))), privateKey);
  return (
    `Signature keyId="${keyId}",algorithm="${algorithm}",created="${created}",expires="${expires}",` +
    `headers="${headers}",signature="${signature.toString('base64')}"`
  );
}

describe('where keys are known, a callback', () => {
  let market: Market;
  let transactionId: string;

  beforeAll(async () => {
    market = await startMarket({
      publicKeys: new Map([
        [KEY_ID, raw(ours.publicKey)],
        ['other.example|key-1|ed25519', raw(theirs.publicKey)],
      ]),
    });
    transactionId = (await market.openQuestion()).context.transaction_id;
  });
  afterAll(() => market.close());

  let body: string;
  beforeEach(() => {
    body = JSON.stringify(onDiscover({ transactionId }, [item({ id: `item-${Math.random()}` })]));
  });
  const windows = () => market.value<number>('select count(*)::integer from compute_windows');

  it('that is signed is taken, and marked so', async () => {
    const before = await windows();
    expect(await market.call('on_discover', body, { authorization: authorization(body) })).toEqual({
      status: 200,
      ack: 'ACK',
    });
    expect((await market.messages()).at(-1)).toMatchObject({ status: 'APPLIED', signature: 'VERIFIED' });
    expect(await windows()).toBe(before + 1);
  });

  it.each<[string, (sent: string) => string | undefined]>([
    ['is not signed', () => undefined],
    ['is signed in another scheme', () => 'Bearer abc'],
    ['names no key', () => 'Signature algorithm="ed25519"'],
    ['names an unknown key', (sent) => authorization(sent, { keyId: 'aire.example|key-2|ed25519' })],
    ['is signed by another key', (sent) => authorization(sent, { privateKey: theirs.privateKey })],
    ['is another one than was signed', (sent) => authorization(sent, { body: `${sent} ` })],
    [
      'was signed too long ago',
      (sent) => authorization(sent, { created: now() - 900, expires: now() - 600 }),
    ],
    [
      'was signed in the future',
      (sent) => authorization(sent, { created: now() + 600, expires: now() + 900 }),
    ],
    ['is signed by another algorithm', (sent) => authorization(sent, { algorithm: 'rsa-sha256' })],
    ['has a signature that covers less', (sent) => authorization(sent, { headers: '(created)' })],
    [
      'has a signature that is no base64',
      (sent) => authorization(sent).replace(/signature="[^"]*"/, 'signature="§"'),
    ],
    ['has a signature without an end', () => `Signature ${'a'.repeat(15_000)}`],
    ['has no signature', (sent) => authorization(sent).replace(/,signature="[^"]*"/, '')],
    [
      'is signed by a platform that it is not from',
      (sent) => authorization(sent, { keyId: 'other.example|key-1|ed25519', privateKey: theirs.privateKey }),
    ],
  ])('that %s is refused 401, kept, and does nothing', async (_what, authorize) => {
    const before = await windows();
    const value = authorize(body);
    const reply = await market.call(
      'on_discover',
      body,
      value === undefined ? {} : { authorization: Buffer.from(value).toString('latin1') },
    );
    expect(reply).toMatchObject({ status: 401, ack: 'NACK', error: { code: 'REFUSED' } });
    expect((await market.messages()).at(-1)).toMatchObject({
      status: 'REFUSED',
      signature: 'REFUSED',
      fault: reply.error?.message,
      payload: JSON.parse(body) as unknown,
    });
    expect(await windows()).toBe(before);
  });

  it('that was refused does not stand in the way of the genuine one', async () => {
    const before = await windows();
    expect(await market.call('on_discover', body)).toMatchObject({ status: 401 });
    expect(await market.call('on_discover', body, { authorization: authorization(body) })).toMatchObject({
      status: 200,
    });
    expect(await windows()).toBe(before + 1);
  });

  it('of 300 KB is refused unread', async () => {
    expect(await market.call('on_discover', 'x'.repeat(300 * 1024))).toMatchObject({
      status: 401,
      ack: 'NACK',
    });
  });
});
