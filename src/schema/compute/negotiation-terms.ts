import type { NegotiationTerms } from '../../domain/compute/negotiation-terms.js';
import { builder } from '../builder.js';

const WindowType = builder.objectRef<NonNullable<NegotiationTerms['window']>>('NegotiationWindow').implement({
  description: 'A span of time that is negotiated.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'Its start, inclusive.',
      resolve: ({ from }) => new Date(from),
    }),
    to: t.field({ type: 'DateTime', description: 'Its end, exclusive.', resolve: ({ to }) => new Date(to) }),
  }),
});

export const NegotiationTermsType = builder.objectRef<NegotiationTerms>('NegotiationTerms').implement({
  description: 'What is proposed in a turn of a negotiation.',
  fields: (t) => ({
    window: t.expose('window', {
      type: WindowType,
      nullable: true,
      description: 'When it would be. Null: not said.',
    }),
    powerKw: t.exposeFloat('powerKw', {
      nullable: true,
      description: 'Power that it is about, kW. Null: not said.',
    }),
    carbonGco2PerKwh: t.exposeFloat('carbonGco2PerKwh', {
      nullable: true,
      description: 'Carbon intensity of that power, gCO2/kWh. Null: not said.',
    }),
    gbpPerMwh: t.exposeFloat('gbpPerMwh', {
      nullable: true,
      description: 'Price of that energy, GBP/MWh; negative: it is paid to take. Null: not said.',
    }),
    flexibilityRevenueGbp: t.exposeFloat('flexibilityRevenueGbp', {
      nullable: true,
      description: 'What is paid for the flexibility, all in all, GBP. Null: not said.',
    }),
    extra: t.field({
      type: 'JSON',
      nullable: true,
      description: "Whatever else, in the two sides' own shape. Null: nothing.",
      resolve: ({ extra }) => extra,
    }),
  }),
});

const WindowInput = builder.inputType('NegotiationWindowInput', {
  description: 'A span of time.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', required: true, description: 'Its start, inclusive.' }),
    to: t.field({ type: 'DateTime', required: true, description: 'Its end, exclusive, after `from`.' }),
  }),
});

export const NegotiationTermsInput = builder.inputType('NegotiationTermsInput', {
  description: 'What is proposed: at least one of these.',
  fields: (t) => ({
    window: t.field({ type: WindowInput, description: 'When it would be.' }),
    powerKw: t.float({ description: 'Power that it is about, kW, 0–2,000,000.' }),
    carbonGco2PerKwh: t.float({ description: 'Carbon intensity of that power, gCO2/kWh, 0–100,000.' }),
    gbpPerMwh: t.float({
      description: 'Price of that energy, GBP/MWh, −100,000–100,000; negative: it is paid to take.',
    }),
    flexibilityRevenueGbp: t.float({ description: 'What is paid for the flexibility, all in all, GBP.' }),
    extra: t.field({
      type: 'JSON',
      description: 'Whatever else: a JSON object of at most 16,384 characters.',
    }),
  }),
});
