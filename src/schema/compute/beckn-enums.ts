import type { ReplanningReason } from '../../domain/beckn-order/standing.js';
import type { BecknAction, BecknState } from '../../domain/beckn-order/states.js';
import type { LoadChange } from '../../actions/orders/update-order.js';
import { enumOf } from '../enums.js';

export const BecknTransactionStateEnum = enumOf<BecknState>(
  'BecknTransactionState',
  'Where the purchase of a compute window stands.',
  {
    SELECTING: 'A quote was asked for.',
    SELECTED: 'The seller gave a quote: see `stated`.',
    INITIALISING: 'The quote was accepted; the order is being drawn up.',
    INITIALISED: 'The order is drawn up, at the accepted price; nothing is bought yet.',
    CONFIRMING: 'The order was confirmed by us; the seller has not answered yet.',
    CONFIRMED: 'Bought: the seller confirmed the order at the accepted price.',
    PRICE_CHANGED: 'Not bought: the seller asks another price than was accepted. Accept it, or cancel.',
    GONE: 'Not bought: the window is not to be had any more.',
    REFUSED: 'Not bought: the seller will not, for another reason; see `fault`.',
    TIMED_OUT:
      'No answer came in time, so that it is not known what the seller did. A late answer still counts; `refreshOrder` asks.',
    CANCELLING: 'It was called off; the seller has not answered yet.',
    CANCELLED: 'It is off, by whichever side. Final.',
    COMPLETED: 'Bought, delivered, over.',
  },
);

export const BecknActionEnum = enumOf<BecknAction>('BecknAction', 'What is asked of a seller.', {
  select: 'A quote for an offer.',
  init: 'To draw up an order.',
  confirm: 'To confirm it.',
  status: 'How it stands.',
  update: 'To take note of what the buyer does with his load.',
  cancel: 'To call it off.',
});

export const ReplanningReasonEnum = enumOf<ReplanningReason>(
  'ReplanningReason',
  'Why whoever planned with a purchase must look again.',
  {
    GONE: 'The window is not to be had any more.',
    REFUSED: 'The seller will not.',
    PRICE_CHANGED: 'The seller asks another price than was accepted.',
    TIMED_OUT: 'The seller did not answer in time.',
    CANCELLED_BY_SELLER: 'The seller called the order off.',
    CONFIRMED_LATE: 'The seller confirmed after the purchase had been given up: keep it or cancel it.',
    UPDATED: 'The seller changed a confirmed order unasked, such as by a spike of carbon intensity.',
  },
);

export const BecknDirectionEnum = enumOf<'OUTBOUND' | 'INBOUND'>('BecknDirection', 'Who sent a message.', {
  OUTBOUND: 'We did.',
  INBOUND: 'The seller did.',
});

export const BecknDeliveryEnum = enumOf<'TO_SEND' | 'DELIVERED' | 'REFUSED' | 'UNDELIVERED'>(
  'BecknDelivery',
  'How far a message of ours has got.',
  {
    TO_SEND: 'It is to be sent, for the first time or again.',
    DELIVERED: 'The marketplace took it.',
    REFUSED: 'The marketplace would not take it (NACK).',
    UNDELIVERED: 'The marketplace could not be reached while it was good.',
  },
);

export const LoadChangeEnum = enumOf<LoadChange>('LoadChange', 'What a buyer does with his load.', {
  WORKLOAD_SHIFT: 'Moves work elsewhere.',
  LOAD_REDUCTION: 'Draws less.',
  CONTINUE: 'Goes on as before, knowing what happened.',
});
