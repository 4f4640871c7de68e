import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context } from './beckn.js';
import { ACK, type Question } from './marketplace.js';
import { until } from './until.js';

/** What an order is said to be. Left out: it is not said. */
export interface OrderSaid {
  /** For a kWh, as sellers state it. */
  readonly gbpPerKwh?: number;
  readonly status?: string;
  readonly carbonIntensity?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly event?: string;
  /** Id of the message; a new one when left out. */
  readonly messageId?: string;
  /** When the seller says he wrote it. */
  readonly timestamp?: string;
  readonly bppId?: string;
}

/** What the seller does when he is asked something. */
export interface Reaction {
  /** ACK unless told otherwise; AT_ONCE answers in place of it; CUT drops the connection. */
  readonly ack?: 'ACK' | 'NACK' | 'AT_ONCE' | 'UNAVAILABLE' | 'CUT';
  /** Callbacks, in the order in which they are sent; one that says nothing special when left out. */
  readonly callbacks?: readonly OrderSaid[];
  /** False: callbacks are kept until `release` sends them. */
  readonly isSent?: boolean;
}

/** A seller of the Beckn network who plays faults by a script. */
export interface TestBpp {
  readonly url: string;
  /** Where callbacks go in fact, `…/beckn`: a gateway's own address is known only once it listens. */
  callbackUrl: string;
  /** Whether a callback that nobody takes is sent again until somebody does. */
  insists: boolean;
  /** Callbacks that he sent, each once. */
  readonly said: readonly string[];
  /** Everything he was sent, oldest first. */
  readonly asked: readonly Question[];
  /** How the gateway answered his callbacks: ACK or NACK. */
  readonly acks: readonly string[];
  /** What he does when he is next asked this, once; then the next of these; then what is usual. */
  play(action: string, ...reactions: readonly Reaction[]): void;
  /** Sends what was kept, in this order of its positions, with repeats where they are named twice. */
  release(...positions: readonly number[]): Promise<void>;
  /** Sends a callback that nobody asked for. */
  say(action: string, transactionId: string, said: OrderSaid): Promise<void>;
  /** Waits until every callback that was sent is answered. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const BPP_ID = 'aire.example';
/** What is usual: the price of the offer, the intensity of the window. */
const USUAL: OrderSaid = { gbpPerKwh: 0.1, carbonIntensity: 131 };
const USUAL_STATUS: Readonly<Record<string, string>> = {
  select: 'QUOTE_REQUESTED',
  init: 'INITIALIZED',
  confirm: 'CONFIRMED',
  status: 'IN_PROGRESS',
  update: 'IN_PROGRESS',
  cancel: 'CANCELLED',
};

/** An answer about an order, in the format of compute-energy 2.0.0. */
export function onOrder(action: string, transactionId: string, said: OrderSaid = {}): object {
  const head = context({
    action: `on_${action}`,
    transactionId,
    messageId: said.messageId ?? randomUUID(),
    bppId: said.bppId ?? BPP_ID,
    ...(said.timestamp === undefined ? {} : { timestamp: said.timestamp }),
  });
  if (said.error) return { context: head, error: said.error };
  return {
    context: head,
    message: {
      order: {
        '@type': 'beckn:Order',
        'beckn:id': 'order-of-the-seller',
        ...(said.status === undefined ? {} : { 'beckn:orderStatus': said.status }),
        'beckn:seller': 'provider-aire',
        'beckn:orderItems': [
          {
            '@type': 'beckn:OrderItem',
            'beckn:lineId': 'line-1',
            ...(said.gbpPerKwh === undefined
              ? {}
              : {
                  'beckn:acceptedOffer': {
                    'beckn:id': 'offer-1',
                    'beckn:price': { currency: 'GBP', price: said.gbpPerKwh },
                    'beckn:offerAttributes': { 'beckn:unit': 'per_kWh' },
                  },
                }),
            'beckn:orderItemAttributes': {
              '@type': 'beckn:ComputeEnergyWindow',
              ...(said.carbonIntensity === undefined
                ? {}
                : {
                    'beckn:gridParameters': {
                      carbonIntensity: said.carbonIntensity,
                      carbonIntensityUnit: 'gCO2/kWh',
                    },
                  }),
            },
          },
        ],
        ...(said.event === undefined ? {} : { 'beckn:orderAttributes': { 'beckn:eventType': said.event } }),
      },
    },
  };
}

export async function startBpp(): Promise<TestBpp> {
  const asked: Question[] = [];
  const acks: string[] = [];
  const said: string[] = [];
  const script = new Map<string, Reaction[]>();
  const kept: { readonly action: string; readonly body: object }[] = [];
  let underWay = 0;
  /** The seller's clock: that of who asks him, and never the same instant twice. */
  let clock = 0;
  const timestamp = (): string => new Date((clock += 1)).toISOString();

  const post = async (action: string, body: object): Promise<string> => {
    const response = await fetch(`${bpp.callbackUrl}/on_${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { message?: { ack?: { status?: string } } };
    return answer.message?.ack?.status ?? 'none';
  };
  const send = async (action: string, body: object): Promise<void> => {
    underWay += 1;
    said.push((body as { readonly context: { readonly message_id: string } }).context.message_id);
    try {
      acks.push(
        bpp.insists
          ? await until('a gateway', () => post(action, body).catch(() => null))
          : await post(action, body),
      );
    } finally {
      underWay -= 1;
    }
  };

  const react = async (question: Question, response: ServerResponse): Promise<void> => {
    const { action, transaction_id: transactionId } = question.context;
    const { ack = 'ACK', callbacks = [{}], isSent = true } = script.get(action)?.shift() ?? {};
    const usual = { ...USUAL, status: USUAL_STATUS[action] ?? 'CONFIRMED' };
    const bodies = callbacks.map((said) =>
      onOrder(action, transactionId, { timestamp: timestamp(), ...usual, ...said }),
    );
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (ack === 'CUT') return void response.destroy();
    if (ack === 'UNAVAILABLE') return json(503, {});
    if (ack === 'NACK')
      return json(400, {
        message: { ack: { status: 'NACK' } },
        error: { code: 'OUT_OF_STOCK', message: 'the window is sold' },
      });
    if (ack === 'AT_ONCE') return json(200, bodies[0]);
    json(200, ACK);
    if (!isSent) return void kept.push(...bodies.map((body) => ({ action, body })));
    for (const body of bodies) await send(action, body);
  };

  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const question = JSON.parse(text) as Question;
      asked.push(question);
      clock = Math.max(clock, Date.parse(question.context.timestamp));
      underWay += 1;
      void react(question, response).finally(() => (underWay -= 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bpp: TestBpp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callbackUrl: '',
    insists: false,
    said,
    asked,
    acks,
    play: (action, ...reactions) => void script.set(action, [...reactions]),
    async release(...positions) {
      const bodies = positions.map((position) => kept[position]);
      for (const each of bodies) if (each) await send(each.action, each.body);
      kept.length = 0;
    },
    say: (action, transactionId, said) =>
      send(action, onOrder(action, transactionId, { timestamp: timestamp(), ...said })),
    settled: () => until('a seller who has said all', () => underWay === 0).then(() => undefined),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return bpp;
}
