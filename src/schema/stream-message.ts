import type { StreamMessage } from '../subscriptions/stream.js';
import { builder } from './builder.js';
import { StreamKindEnum } from './enums.js';

/** Of the argument `after` of every subscription. */
export const AFTER =
  'Cursor of the last message received: everything since then comes first, then what is new. Live from now, READY first, when left out.';

const GapType = builder.objectRef<{ readonly from: string; readonly to: string }>('Gap').implement({
  description: 'A stretch of the log that a slow reader fell behind by; its changes follow.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Cursor after which it begins.' }),
    to: t.exposeString('to', { description: 'Cursor with which it ends.' }),
  }),
});

export const StreamMessageType = builder.interfaceRef<StreamMessage>('StreamMessage').implement({
  description: 'What every message of every subscription holds.',
  fields: (t) => ({
    kind: t.expose('kind', { type: StreamKindEnum, description: 'What this message is.' }),
    cursor: t.exposeString('cursor', {
      description:
        'Where the reader is once it has this message: pass it as `after` to resume from here. Opaque.',
    }),
    gap: t.expose('gap', {
      type: GapType,
      nullable: true,
      description: 'Of GAP: what was fallen behind by. Null for other kinds.',
    }),
  }),
});
