import type { OrderError } from '../../domain/beckn-order/messages.js';
import { builder } from '../builder.js';
import { BecknDeliveryEnum, BecknDirectionEnum } from './beckn-enums.js';

export const BecknMessageType = builder.prismaObject('BecknMessage', {
  description: 'One message of a purchase, as it was sent or came in. What it says never changes.',
  fields: (t) => ({
    messageId: t.exposeString('messageId', {
      description: 'Its id, of its sender. With the action it tells a repeated message.',
    }),
    direction: t.expose('direction', { type: BecknDirectionEnum, description: 'Who sent it.' }),
    action: t.exposeString('action', { description: 'What it is, such as `confirm` or `on_confirm`.' }),
    party: t.exposeString('party', { description: 'Who sent it, by the id on the Beckn network.' }),
    signature: t.exposeString('signature', {
      description: 'VERIFIED or UNVERIFIED; NONE of what we sent.',
    }),
    statedAt: t.expose('statedAt', { type: 'DateTime', description: 'When its sender says he wrote it.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When it was stored.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Of OUTBOUND: until when an answer is waited for. Null otherwise.',
    }),
    delivery: t.expose('delivery', {
      type: BecknDeliveryEnum,
      nullable: true,
      description: 'Of OUTBOUND: how far it has got. Null otherwise.',
    }),
    attemptCount: t.exposeInt('attempts', { description: 'How often it was sent; 0 of INBOUND.' }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description: 'HTTP status of the last try. Null: none got so far.',
    }),
    fault: t.string({
      nullable: true,
      description: 'Why the last try failed, or why it was refused. Null: neither.',
      resolve: ({ fault }) => (fault as OrderError | null)?.message,
    }),
    payload: t.field({
      type: 'JSON',
      description: 'All of it, in the words of the protocol.',
      resolve: ({ payload }) => payload,
    }),
  }),
});

export const BecknMessageConnection = builder.connectionObject(
  {
    type: BecknMessageType,
    name: 'BecknMessageConnection',
    description: 'A page of the messages of a purchase, in the order in which they were stored.',
  },
  { description: 'A message and its place in the connection.' },
);
