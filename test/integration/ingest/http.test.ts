import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../src/ingest/http.js';
import { FetchAbandoned } from '../../../src/ingest/http-faults.js';

const NOW = new Date('2026-03-02T12:34:00Z');
const MAX_BODY_BYTES = 20_000;

type Answer = (response: ServerResponse) => void;
const good: Answer = (response) => response.end('{"data":[1]}');
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{"message":"no"}');
const zipped =
  (body: string, encoding = 'gzip'): Answer =>
  (response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(body));

describe('the HTTP client', () => {
  let server: Server;
  let client: HttpClient;
  let answers: Answer[];
  let requests: number;
  let waits: number[];
  let notes: { httpStatus: number | null; retried: boolean }[];

  beforeEach(async () => {
    [answers, requests, waits, notes] = [[], 0, [], []];
    server = createServer((_request, response) => {
      const answer = answers[Math.min(requests, answers.length - 1)] ?? good;
      requests += 1;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = clientWith({});
  });
  afterEach(async () => {
    client.abandon();
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const clientWith = (options: {
    timeoutMs?: number;
    wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  }) =>
    createHttpClient({
      timeoutMs: 300,
      now: () => NOW,
      wait: (ms) => Promise.resolve(waits.push(ms)),
      maxBodyBytes: MAX_BODY_BYTES,
      ...options,
    });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/intensity`;
  const ask = (...given: Answer[]): Promise<unknown> => {
    answers = given;
    return client.json(url(), (note) => notes.push(note));
  };
  const failure = (code: string, message: RegExp | string, details: object = {}) => ({
    name: 'PylonError',
    code,
    message: expect.stringMatching(message) as string,
    details: expect.objectContaining(details) as object,
  });

  it('answers the body and its status', async () => {
    expect(await ask(good)).toEqual({ data: [1] });
    expect(notes).toEqual([{ httpStatus: 200, retried: false }]);
  });

  it('tries three times, waits longer each time and never twice the same, and counts its retries', async () => {
    await expect(ask(status(500))).rejects.toMatchObject(
      failure('SOURCE_UNAVAILABLE', /answered 500: "\{\\"message\\":\\"no\\"\}"/, { httpStatus: 500 }),
    );
    expect(requests).toBe(3);
    expect(notes.map(({ retried }) => retried)).toEqual([true, true, false]);
    const [first = 0, second = 0] = waits;
    expect(first).toBeGreaterThanOrEqual(200);
    expect(first).toBeLessThan(600);
    expect(second).toBeGreaterThanOrEqual(400);
    expect(second).toBeLessThan(1200);
    await expect(ask(status(500))).rejects.toThrow('answered 500');
    expect(waits[2]).not.toBe(first);
  });

  it('takes what a later try brings', async () => {
    expect(await ask(status(503), (response) => response.destroy(), good)).toEqual({ data: [1] });
    expect(notes).toEqual([
      { httpStatus: 503, retried: true },
      { httpStatus: null, retried: true },
      { httpStatus: 200, retried: false },
    ]);
  });

  it.each([
    ['404', status(404), /answered 404/],
    ['a redirect', status(302, { location: '/elsewhere' }), /answered 302/],
    [
      'HTML',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Soon</h1>'),
      /200 with text\/html, which is no JSON: "<h1>Soon/,
    ],
    ['half of a JSON', (response: ServerResponse) => response.end('{"data":['), /which is no JSON/],
    [
      'nothing',
      (response: ServerResponse) => response.end(),
      /200 with no content type, which is no JSON: ""/,
    ],
  ])('does not try again what another try cannot mend: %s', async (_name, answer, message) => {
    await expect(ask(answer)).rejects.toMatchObject(failure('SOURCE_CONTRACT_BROKEN', message));
    expect([requests, waits]).toEqual([1, []]);
  });

  describe('told to slow down', () => {
    it('waits as told, and a little more, when it is soon', async () => {
      expect(await ask(status(429, { 'retry-after': '3' }), good)).toEqual({ data: [1] });
      expect(waits).toHaveLength(1);
      expect(waits[0]).toBeGreaterThanOrEqual(3000);
      expect(waits[0]).toBeLessThan(3300);
    });

    it('understands a date', async () => {
      const soon = new Date(Date.now() + 4_000).toUTCString();
      expect(await ask(status(503, { 'retry-after': soon }), good)).toEqual({ data: [1] });
      expect(waits[0]).toBeGreaterThan(1500);
      expect(waits[0]).toBeLessThan(4300);
    });

    it('gives up at once when it is late, and says until when', async () => {
      await expect(ask(status(429, { 'retry-after': '60' }))).rejects.toMatchObject(
        failure('SOURCE_RATE_LIMITED', /answered 429/, {
          httpStatus: 429,
          notBefore: new Date('2026-03-02T12:35:00Z'),
        }),
      );
      expect([requests, waits]).toEqual([1, []]);
    });

    it.each(['99999999', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
      'takes a Retry-After of %s for a day',
      async (header) => {
        await expect(ask(status(429, { 'retry-after': header }))).rejects.toMatchObject(
          failure('SOURCE_RATE_LIMITED', /429/, { notBefore: new Date('2026-03-03T12:34:00Z') }),
        );
      },
    );

    it.each(['soon', '-1', '2.5', '1e9', ''])(
      'waits by its own measure where Retry-After is %j',
      async (header) => {
        expect(await ask(status(429, { 'retry-after': header }), good)).toEqual({ data: [1] });
        expect(waits[0]).toBeGreaterThanOrEqual(200);
        expect(waits[0]).toBeLessThan(600);
      },
    );
  });

  describe('time', () => {
    const timedOut = /could not be read: (UND_ERR_\w+_TIMEOUT|not done after 300 ms)/;
    beforeEach(() => {
      client = clientWith({ timeoutMs: 100 });
    });

    it('is up when no headers come', async () => {
      await expect(ask(() => undefined)).rejects.toMatchObject(
        failure('SOURCE_UNAVAILABLE', timedOut, { httpStatus: null }),
      );
      expect(requests).toBe(3);
    });

    it('is up when a body stops coming', async () => {
      await expect(ask((response) => response.write('{"data":'))).rejects.toMatchObject(
        failure('SOURCE_UNAVAILABLE', timedOut, { httpStatus: 200 }),
      );
    });

    it('is up for a body that never ends, though it keeps coming', async () => {
      const drip: Answer = (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      };
      await expect(ask(drip)).rejects.toMatchObject(
        failure('SOURCE_UNAVAILABLE', timedOut, { httpStatus: 200 }),
      );
    });

    it('is enough for a body that comes slowly', async () => {
      expect(
        await ask((response) => {
          response.write('{"data":');
          setTimeout(() => response.end('[2]}'), 50);
        }),
      ).toEqual({ data: [2] });
    });
  });

  it('names a body cut short, with the status it had begun with', async () => {
    await expect(
      ask((response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"data":', () => response.destroy());
      }),
    ).rejects.toMatchObject(failure('SOURCE_UNAVAILABLE', /could not be read/, { httpStatus: 200 }));
    expect(requests).toBe(3);
  });

  it('names a publisher that cannot be reached, after one more try', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(client.json('http://127.0.0.1:1/', (note) => notes.push(note))).rejects.toMatchObject(
      failure('SOURCE_UNAVAILABLE', /ECONNREFUSED/, { unreachable: true }),
    );
    expect(notes).toEqual([
      { httpStatus: null, retried: true },
      { httpStatus: null, retried: false },
    ]);
  });

  it('keeps an answer as long as it may be old, and no other', async () => {
    const get = (maxAgeMs?: number) =>
      client.json(url(), (note) => notes.push(note), maxAgeMs === undefined ? {} : { maxAgeMs });
    answers = [1, 2, 3, 4, 5].map((n) => (response) => response.end(String(n)));
    expect(await get()).toBe(1);
    expect(await get(60_000)).toBe(2); // what was asked without an age is not kept
    expect(await get(60_000)).toBe(2);
    expect(await get()).toBe(3);
    expect(await get(60_000)).toBe(2);
    expect(await get(0)).toBe(4);
    expect(await get(60_000)).toBe(4);
    expect(notes).toHaveLength(4);
  });

  it('keeps no failure', async () => {
    answers = [status(404), good];
    const get = () => client.json(url(), () => undefined, { maxAgeMs: 60_000 });
    await expect(get()).rejects.toMatchObject({ details: { httpStatus: 404 } });
    expect(await get()).toEqual({ data: [1] });
  });

  describe('text', () => {
    const text = (...given: Answer[]): Promise<string> => {
      answers = given;
      return client.text(url(), (note) => notes.push(note));
    };
    const moved: Answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end();

    it('is answered as it came, from where it was moved to', async () => {
      expect(await text((response) => response.end('a,b\n1,"é"\n'))).toBe('a,b\n1,"é"\n');
      requests = 0;
      expect(await text(moved, moved, (response) => response.end('a,b'))).toBe('a,b');
      expect(requests).toBe(3);
    });

    it('that is always elsewhere is a broken contract', async () => {
      await expect(text(moved)).rejects.toMatchObject({
        name: 'PylonError',
        code: expect.stringMatching(/^SOURCE_/) as string,
      });
      expect(requests).toBeLessThan(20);
    });

    it('is tried again, and its status told, as JSON is', async () => {
      expect(await text(status(503), (response) => response.end('a'))).toBe('a');
      await expect(text(status(404))).rejects.toMatchObject(
        failure('SOURCE_CONTRACT_BROKEN', /answered 404/, { httpStatus: 404 }),
      );
      expect(notes.map(({ httpStatus }) => httpStatus)).toEqual([503, 200, 404]);
    });
  });

  it('follows no redirection of JSON, which no publisher answers with', async () => {
    await expect(
      ask((response) => response.writeHead(302, { location: '/elsewhere' }).end()),
    ).rejects.toMatchObject(failure('SOURCE_CONTRACT_BROKEN', /answered 302/, { httpStatus: 302 }));
    expect(requests).toBe(1);
  });

  it('keeps to the limits with every try', async () => {
    const limit = { name: 'all', everyMs: 60_000, appliesTo: () => true };
    answers = [status(500), good, good];
    const get = () => client.json(url(), (note) => notes.push(note), { limits: [limit] });
    await get();
    await get();
    const long = waits.filter((ms) => ms > 59_000);
    expect(long).toHaveLength(2);
    expect(Math.max(...long)).toBeLessThanOrEqual(60_001);
  });

  it('gives up a wait for its turn when it is abandoned', async () => {
    const limit = { name: 'all', everyMs: 60_000, appliesTo: () => true };
    const patient = createHttpClient({ timeoutMs: 300, now: () => NOW });
    const get = () => patient.json(url(), () => undefined, { limits: [limit] });
    await get();
    const waiting = Promise.allSettled([get(), get()]);
    await new Promise((resolve) => setImmediate(resolve));
    patient.abandon();
    for (const result of await waiting)
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(FetchAbandoned) as Error });
    expect(requests).toBe(1);
    await patient.close();
  });

  it('waits for as many publishers as there are without a warning', async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', listen);
    const patient = createHttpClient({ timeoutMs: 300, now: () => NOW });
    answers = [status(500)];
    const asking = Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => patient.json(`${url()}/${i}`, () => undefined)),
    );
    await asking;
    process.off('warning', listen);
    expect(warnings).toEqual([]);
    await patient.close();
  });

  describe('a large body', () => {
    const body = (bytes: number): string => JSON.stringify({ data: 'x'.repeat(bytes - 11) });

    it('is taken up to the cap, compressed or not', async () => {
      expect(await ask((response) => response.end(body(MAX_BODY_BYTES)))).toHaveProperty('data');
      expect(await ask(zipped(body(MAX_BODY_BYTES)))).toHaveProperty('data');
    });

    it('is refused past the cap, with and without a length announced', async () => {
      const tooLarge = failure('SOURCE_CONTRACT_BROKEN', /answered more than 20000 bytes/, {
        httpStatus: 200,
      });
      await expect(ask((response) => response.end(body(MAX_BODY_BYTES + 1)))).rejects.toMatchObject(tooLarge);
      await expect(
        ask((response) => {
          const flood = setInterval(() => response.write('x'.repeat(5_000)), 1);
          response.on('close', () => clearInterval(flood));
        }),
      ).rejects.toMatchObject(tooLarge);
      expect(requests).toBe(2);
    });

    it('is refused when it would only be large once unpacked', async () => {
      expect(gzipSync(body(MAX_BODY_BYTES * 100)).length).toBeLessThan(MAX_BODY_BYTES);
      await expect(ask(zipped(body(MAX_BODY_BYTES * 100)))).rejects.toMatchObject(
        failure('SOURCE_CONTRACT_BROKEN', /answered more than 20000 bytes/),
      );
    });
  });

  it.each(['gzip', 'GZIP', 'x-gzip'])('unpacks %s', async (encoding) => {
    expect(await ask(zipped('{"data":["naïve"]}', encoding))).toEqual({ data: ['naïve'] });
  });

  it('tries again where what was packed is broken', async () => {
    const broken: Answer = (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"data":[1]}').subarray(0, 15));
    expect(await ask(broken, good)).toEqual({ data: [1] });
  });

  describe('streaming', () => {
    const LONG = `[${'"0123456789",'.repeat(20_000)}1]`;
    const stream = <Read>(
      given: readonly Answer[],
      take: (pieces: AsyncIterable<Buffer>) => Promise<Read>,
      deadlineMs = 10_000,
    ): Promise<Read> => {
      answers = [...given];
      return client.stream(url(), (note) => notes.push(note), deadlineMs, take);
    };
    const read = async (pieces: AsyncIterable<Buffer>): Promise<string> => {
      const read: Buffer[] = [];
      for await (const piece of pieces) read.push(piece);
      return Buffer.concat(read).toString();
    };

    it('brings an answer of any size, packed or not, in pieces', async () => {
      expect(await stream([(response) => response.end(LONG)], read)).toBe(LONG);
      expect(await stream([zipped(LONG)], read)).toBe(LONG);
      expect(notes.at(-1)).toEqual({ httpStatus: 200, retried: false });
    });

    it('tries again until it begins, and not where that cannot help', async () => {
      expect(await stream([status(500), status(503), (response) => response.end(LONG)], read)).toBe(LONG);
      expect(notes.map(({ retried }) => retried)).toEqual([true, true, false]);
      await expect(stream([status(404)], read)).rejects.toMatchObject(
        failure('SOURCE_CONTRACT_BROKEN', /answered 404: .*no/),
      );
      await expect(stream([status(429, { 'retry-after': '600' })], read)).rejects.toMatchObject({
        code: 'SOURCE_RATE_LIMITED',
        details: { notBefore: new Date(NOW.getTime() + 600_000) },
      });
    });

    it('keeps little of a long answer that is an error', async () => {
      const long: Answer = (response) => response.writeHead(400).end('x'.repeat(1_000_000));
      await expect(stream([long], read)).rejects.toMatchObject(
        failure('SOURCE_CONTRACT_BROKEN', /answered 400: "x{160}"$/),
      );
    });

    const begun: Answer = (response) => response.writeHead(200, { 'content-length': '1000000' }).write(LONG);
    const packed = gzipSync(LONG);
    it.each<readonly [string, Answer, RegExp]>([
      [
        'is cut off',
        (response) =>
          response.writeHead(200, { 'content-length': '1000000' }).write('[', () => response.destroy()),
        /could not be read: (UND_ERR_SOCKET|ECONNRESET)/,
      ],
      ['falls silent', begun, /could not be read: UND_ERR_BODY_TIMEOUT/],
      [
        'is packed and cut off',
        (response) =>
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length / 2)),
        /could not be read: Z_BUF_ERROR/,
      ],
      [
        'is said to be packed and is not',
        (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(LONG),
        /could not be read: Z_DATA_ERROR/,
      ],
    ])('tells its reader of an answer that %s', async (_what, answer, message) => {
      await expect(stream([answer], read)).rejects.toMatchObject(failure('SOURCE_UNAVAILABLE', message));
      expect(requests).toBe(1);
    });

    it('ends what takes longer than it may, though it never falls silent', async () => {
      const dripping: Answer = (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(timer));
      };
      await expect(stream([dripping], read, 400)).rejects.toMatchObject(
        failure('SOURCE_UNAVAILABLE', /not done after 400 ms/),
      );
    });

    it('ends the request when no more pieces are wanted', async () => {
      let isClosed = false;
      const endless: Answer = (response) => {
        response.once('close', () => (isClosed = true));
        const more = (): void => void (response.destroyed || response.write(LONG, more));
        more();
      };
      await stream([endless], async (pieces) => {
        for await (const piece of pieces) if (piece.length > 0) return;
      });
      await expect.poll(() => isClosed).toBe(true);
    });

    it('holds a publisher back that is faster than its reader', async () => {
      let sent = 0;
      const endless: Answer = (response) => {
        const more = (): void => {
          if (response.destroyed) return;
          sent += LONG.length;
          response.write(LONG, more);
        };
        more();
      };
      await stream([endless], async (pieces) => {
        const reading = pieces[Symbol.asyncIterator]();
        await reading.next();
        let before = -1;
        const isHeld = (): boolean => {
          const same = sent === before;
          before = sent;
          return same;
        };
        await expect.poll(isHeld, { interval: 100, timeout: 20_000 }).toBe(true);
        // Longer than it may be silent: who does not read is not told that nothing came.
        await sleep(400);
        expect((await reading.next()).done).toBe(false);
      });
    });

    it('is ended when it is abandoned, which says nothing about the publisher', async () => {
      const reading = stream([begun], async (pieces) => {
        for await (const piece of pieces) if (piece.length > 0) client.abandon();
      });
      await expect(reading).rejects.toBeInstanceOf(FetchAbandoned);
    });

    it('leaves nothing open when its reader never begins', async () => {
      let isClosed = false;
      const watched: Answer = (response) => {
        response.once('close', () => (isClosed = true));
        begun(response);
      };
      const reading = stream([watched], () => Promise.reject(new RangeError('no room')));
      await expect(reading).rejects.toThrow('no room');
      await expect.poll(() => isClosed).toBe(true);
    });
  });

  describe('that is abandoned', () => {
    it('ends the request under way, and does not try again', async () => {
      const asked = ask(() => undefined);
      await expect.poll(() => requests).toBe(1);
      client.abandon();
      await expect(asked).rejects.toBeInstanceOf(FetchAbandoned);
      expect(requests).toBe(1);
    });

    it('ends the wait between two tries', async () => {
      client = createHttpClient({ timeoutMs: 300, now: () => NOW });
      const asked = ask(status(429, { 'retry-after': '4' }));
      await expect.poll(() => notes.length).toBe(1);
      client.abandon();
      await expect(asked).rejects.toBeInstanceOf(FetchAbandoned);
      expect(requests).toBe(1);
    });

    it('asks again when asked again', async () => {
      client.abandon();
      expect(await ask(good)).toEqual({ data: [1] });
    });
  });
});
