import type { DocumentNode } from 'graphql';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { EVERYBODY } from '../../../src/subscriptions/audience.js';
import { Group, type Member } from '../../../src/subscriptions/group.js';
import type { RenderedMessage } from '../../../src/subscriptions/sink.js';

const message = (sequence: bigint): RenderedMessage => ({ sequence, cursor: String(sequence), text: '{}' });

const newGroup = (): Group =>
  new Group(
    'key',
    { schema: buildSchema('type Query { a: Int }'), document: {} as DocumentNode, audience: EVERYBODY },
    { after: null, pick: () => [], show: () => null },
    0n,
  );

interface TestMember extends Member {
  readonly received: bigint[];
  readonly upTo: bigint[];
  readonly noticed: bigint[];
  readonly failed: unknown[];
}

const member = (told = 0n, onReceive: () => void = () => undefined): TestMember => {
  const self: TestMember = {
    told,
    received: [],
    upTo: [],
    noticed: [],
    failed: [],
    receive(messages, upTo) {
      onReceive();
      self.received.push(...messages.map(({ sequence }) => sequence));
      self.upTo.push(upTo);
    },
    notice: ({ sequence }) => void self.noticed.push(sequence),
    fail: (error) => void self.failed.push(error),
  };
  return self;
};

describe('a group', () => {
  it('hands everything to every member, and has moved on before the first of them is served', async () => {
    const group = newGroup();
    const seen: bigint[] = [];
    const members = Array.from({ length: 1_200 }, () => member(0n, () => void seen.push(group.deliveredTo)));
    for (const each of members) group.join(each);
    await group.deliver([message(1n), message(3n)], 4n);
    for (const { received, upTo } of members) expect([received, upTo]).toEqual([[1n, 3n], [4n]]);
    expect(new Set(seen)).toEqual(new Set([4n]));
  });

  it('leaves room for everything else while it serves thousands, and does not serve who joins meanwhile', async () => {
    const group = newGroup();
    const late = member(4n);
    let turns = 0;
    for (let i = 0; i < 2_000; i += 1) group.join(member());
    const tick = setInterval(() => undefined, 0);
    setImmediate(function turn() {
      turns += 1;
      group.join(late);
      if (turns < 3) setImmediate(turn);
    });
    await group.deliver([message(1n)], 4n);
    clearInterval(tick);
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(late.received).toEqual([]);
    await group.deliver([message(5n)], 5n);
    expect(late.received).toEqual([5n]);
  });

  it('goes on to the other members when one cannot be served, whose stream ends with the error', async () => {
    const group = newGroup();
    const error = new Error('the sink broke');
    const broken = member(0n, () => {
      throw error;
    });
    const others = [member(), member()];
    for (const each of [others[0], broken, others[1]]) if (each) group.join(each);
    await group.deliver([message(1n)], 1n);
    expect(others.map(({ received }) => received)).toEqual([[1n], [1n]]);
    expect(broken.failed).toEqual([error]);
  });

  it('remembers the oldest cursor a member was left with, so that a quiet one is told how far the log was read', async () => {
    const group = newGroup();
    await group.deliver([message(7n)], 9n);
    expect(group.lastMessageSequence).toBe(7n);
    group.join(member(2n));
    expect(group.lastMessageSequence).toBe(2n);
    group.join(member(8n));
    expect(group.lastMessageSequence).toBe(2n);
    await group.announce(message(9n));
    expect(group.lastMessageSequence).toBe(9n);
  });
});

describe('a long batch', () => {
  it('is handed out in pieces, each with how far it goes, the last with how far the batch goes', async () => {
    const group = newGroup();
    const only = member();
    group.join(only);
    const text = 'x'.repeat(40_000);
    await group.deliver(
      [1n, 2n, 5n].map((sequence) => ({ ...message(sequence), text })),
      9n,
    );
    expect(only.received).toEqual([1n, 2n, 5n]);
    expect(only.upTo).toEqual([1n, 2n, 9n]);
  });

  it('is not handed again to who falls out in the middle of it', async () => {
    const group = newGroup();
    const text = 'x'.repeat(40_000);
    const strong = member();
    group.join(strong);
    const delivery = group.deliver(
      [1n, 2n].map((sequence) => ({ ...message(sequence), text })),
      2n,
    );
    const late = member(2n);
    group.join(late);
    await delivery;
    expect(strong.received).toEqual([1n, 2n]);
    expect(late.received).toEqual([]);
  });
});
