/** The parts of a decision's content as the graph shows them. */
import type {
  ConsideredAlternative,
  DecisionInputs,
  DecisionPolicy,
  DecisionPrediction,
  EvaluatedConstraint,
  InputProvenance,
  InputSignal,
} from '../../domain/compute/decision-content.js';
import type { Provenance } from '../../domain/grid-signal.js';
import { builder } from '../builder.js';
import { CarbonIntensityType } from '../carbon-intensity.js';
import { ObservationKindEnum } from '../enums.js';
import { SignalPriceType } from '../price.js';
import { ProvenanceType } from '../provenance.js';
import { RegionType } from '../region.js';

const provenanceOf = ({ issuedAt, knownAt, ...stated }: InputProvenance): Provenance => ({
  ...stated,
  issuedAt: issuedAt === null ? null : new Date(issuedAt),
  knownAt: new Date(knownAt),
});

const instantOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

const RenewablesType = builder
  .objectRef<NonNullable<InputSignal['renewables']>>('DecisionRenewables')
  .implement({
    description: 'How clean the generation of a half hour was, as a decision knew it.',
    fields: (t) => ({
      renewablePct: t.exposeFloat('renewablePct', {
        description: 'Wind, solar and hydro together, percent of generation.',
      }),
      lowCarbonPct: t.exposeFloat('lowCarbonPct', {
        description: 'Wind, solar, hydro, nuclear and biomass together, percent of generation.',
      }),
      kind: t.expose('kind', {
        type: ObservationKindEnum,
        description: 'Whether it was expected or had happened.',
      }),
      provenance: t.field({
        type: ProvenanceType,
        description: 'Where it came from.',
        resolve: ({ provenance }) => provenanceOf(provenance),
      }),
    }),
  });

const StressType = builder.objectRef<NonNullable<InputSignal['stress']>>('DecisionStress').implement({
  description: 'How strained the grid of Great Britain was over a half hour, as a decision knew it.',
  fields: (t) => ({
    gridStress: t.exposeFloat('gridStress', { description: 'From 0 (at ease) to 1.' }),
    formula: t.exposeString('formula', {
      description: 'Formula and version that it follows; docs/formulas.md explains it.',
    }),
    provenance: t.field({
      type: ProvenanceType,
      description: 'Where it came from.',
      resolve: ({ provenance }) => provenanceOf(provenance),
    }),
  }),
});

const InputSignalType = builder.objectRef<InputSignal>('DecisionSignal').implement({
  description:
    'One half hour of one region, with the very values that a decision was made from: kept in the decision, whatever is revised or archived later.',
  fields: (t) => ({
    region: t.field({
      type: RegionType,
      description: 'The region.',
      resolve: ({ regionId }, _args, { loaders }) => loaders.region.load(regionId),
    }),
    from: t.field({
      type: 'DateTime',
      description: 'Start of the half hour, inclusive.',
      resolve: ({ from }) => new Date(from),
    }),
    carbonIntensity: t.field({
      type: CarbonIntensityType,
      nullable: true,
      description: 'Its carbon intensity. Null: none was known then.',
      resolve: ({ carbon }) => carbon && { ...carbon, provenance: provenanceOf(carbon.provenance) },
    }),
    renewables: t.expose('renewables', {
      type: RenewablesType,
      nullable: true,
      description: 'How clean its generation was. Null: no mix was known then.',
    }),
    stress: t.expose('stress', {
      type: StressType,
      nullable: true,
      description: 'Stress of the grid of Great Britain, whatever the region. Null: none was derived then.',
    }),
    price: t.field({
      type: SignalPriceType,
      nullable: true,
      description: 'Wholesale price, which holds in all regions. Null: neither traded nor expected then.',
      resolve: ({ price }) => price && { ...price, provenance: provenanceOf(price.provenance) },
    }),
  }),
});

export const DecisionInputsType = builder.objectRef<DecisionInputs>('DecisionInputs').implement({
  description: 'What a decision was made from.',
  fields: (t) => ({
    asOf: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Instant as of which the values were known: the same `asOf` shows them again. Null: no signal was used.',
      resolve: ({ asOf }) => instantOf(asOf),
    }),
    sequence: t.exposeString('sequence', {
      nullable: true,
      description:
        'Number of the last event of the log that was known then, in decimal. Null: no signal was used.',
    }),
    signals: t.field({
      type: [InputSignalType],
      complexity: { field: 1, multiplier: 20 },
      description: 'The signals used, the chief one first, at most 201.',
      resolve: ({ signals }) => [...signals],
    }),
    own: t.field({
      type: 'JSON',
      nullable: true,
      description: "Whatever else the caller said it decided from, in the caller's own shape. Null: nothing.",
      resolve: ({ own }) => own,
    }),
  }),
});

export const EvaluatedConstraintType = builder
  .objectRef<EvaluatedConstraint>('EvaluatedConstraint')
  .implement({
    description: 'A limit that was looked at in deciding, and whether it was kept.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Which limit, such as `maxCarbonIntensityGco2PerKwh`.' }),
      unit: t.exposeString('unit', {
        nullable: true,
        description: 'What limit and value are measured in. Null: the name says it, or nothing.',
      }),
      limit: t.exposeFloat('limit', { nullable: true, description: 'The limit. Null: it is no number.' }),
      value: t.exposeFloat('value', {
        nullable: true,
        description: 'What was held against it. Null: it is no number, or was not known.',
      }),
      satisfied: t.exposeBoolean('satisfied', { description: 'Whether the limit was kept.' }),
    }),
  });

export const ConsideredAlternativeType = builder
  .objectRef<ConsideredAlternative>('ConsideredAlternative')
  .implement({
    description: 'Something else that might have been decided.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Name for people.' }),
      dcId: t.exposeString('dcId', {
        nullable: true,
        description: 'Data centre it would have used, by its id. Null: it is not about one.',
      }),
      regionId: t.exposeInt('regionId', {
        nullable: true,
        description: 'Region it would have used, 1–18. Null: it is not about one.',
      }),
      from: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it would have begun. Null: it is not about a time.',
        resolve: ({ from }) => instantOf(from),
      }),
      to: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it would have ended. Null: it is not about a time.',
        resolve: ({ to }) => instantOf(to),
      }),
      predictedCarbonGco2: t.exposeFloat('predictedCarbonGco2', {
        nullable: true,
        description: 'Carbon dioxide it would have emitted, grams. Null: not worked out.',
      }),
      predictedCostGbp: t.exposeFloat('predictedCostGbp', {
        nullable: true,
        description: 'What it would have cost, GBP. Null: not worked out.',
      }),
      whyNot: t.exposeString('whyNot', {
        nullable: true,
        description: 'Why it was not taken. Null: nothing was said.',
      }),
    }),
  });

export const DecisionPolicyType = builder.objectRef<DecisionPolicy>('DecisionPolicy').implement({
  description: 'The rule by which something was decided.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the rule.' }),
    version: t.exposeString('version', { description: 'Which version of it.' }),
  }),
});

export const DecisionPredictionType = builder.objectRef<DecisionPrediction>('DecisionPrediction').implement({
  description:
    'What was expected of a decision. What it saves is so against doing without it; `Decision.outcomes` tells what came of it.',
  fields: (t) => ({
    predictedCarbonGco2: t.exposeFloat('predictedCarbonGco2', {
      nullable: true,
      description: 'Carbon dioxide that the work was expected to emit, grams. Null: not worked out.',
    }),
    predictedCostGbp: t.exposeFloat('predictedCostGbp', {
      nullable: true,
      description: 'What the work was expected to cost, GBP. Null: not worked out.',
    }),
    carbonSavedGco2: t.exposeFloat('carbonSavedGco2', {
      nullable: true,
      description:
        'Carbon dioxide expected to be saved, grams; negative: more is emitted. Null: not worked out.',
    }),
    costSavedGbp: t.exposeFloat('costSavedGbp', {
      nullable: true,
      description: 'Money expected to be saved, GBP; negative: it costs more. Null: not worked out.',
    }),
    flexibilityContributionMw: t.exposeFloat('flexibilityContributionMw', {
      nullable: true,
      description: 'Power moved for the grid, MW. Null: not worked out.',
    }),
  }),
});
