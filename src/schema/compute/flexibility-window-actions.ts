import { publishFlexibilityWindow } from '../../actions/flexibility/publish-flexibility-window.js';
import { withdrawFlexibilityWindow } from '../../actions/flexibility/withdraw-flexibility-window.js';
import { builder } from '../builder.js';
import { actionMutation } from './action-mutation.js';
import { FlexibilityDirectionEnum, FlexibilityServiceEnum } from './enums.js';
import { FlexibilityWindowType } from './flexibility-window.js';
import { EXPECTED_VERSION } from './registry-words.js';

const PublishFlexibilityWindowInput = builder.inputType('PublishFlexibilityWindowInput', {
  description: 'A time in which the grid pays for more or less demand.',
  fields: (t) => ({
    flexibilityWindowId: t.string({
      description:
        'Its id, which no other has: 1–100 letters, digits and -_.:/. One is made up when left out.',
    }),
    regionId: t.int({
      required: true,
      description: 'Where demand is to change, 1–18, with all that lies in it.',
    }),
    service: t.field({ type: FlexibilityServiceEnum, required: true, description: 'What it is for.' }),
    direction: t.field({
      type: FlexibilityDirectionEnum,
      required: true,
      description: 'What is asked of demand: less for TURN_DOWN, more for TURN_UP.',
    }),
    volumeMw: t.float({
      required: true,
      description: 'How much demand is to change altogether, MW, above 0 and at most 50,000.',
    }),
    gbpPerMwh: t.float({
      required: true,
      description: 'What is paid for each MWh that is moved, GBP/MWh; negative: it is to be paid for.',
    }),
    from: t.field({
      type: 'DateTime',
      required: true,
      description: 'Start, inclusive: a half hour that has not begun yet.',
    }),
    to: t.field({
      type: 'DateTime',
      required: true,
      description: 'End, exclusive: at :00 or :30 UTC, at most 31 days after `from`.',
    }),
  }),
});

actionMutation(publishFlexibilityWindow, {
  input: PublishFlexibilityWindowInput,
  type: FlexibilityWindowType,
  description:
    'Publishes a flexibility window. For operators of type GRID_OPERATOR or AGGREGATOR; NOT_ALLOWED for others.',
});

const WithdrawFlexibilityWindowInput = builder.inputType('WithdrawFlexibilityWindowInput', {
  description: 'A flexibility window of yours that is not over.',
  fields: (t) => ({
    flexibilityWindowId: t.string({ required: true, description: 'Which one.' }),
    expectedVersion: t.int({ description: EXPECTED_VERSION }),
  }),
});

actionMutation(withdrawFlexibilityWindow, {
  input: WithdrawFlexibilityWindowInput,
  type: FlexibilityWindowType,
  description: 'Takes a flexibility window back.',
});
