import { ingestRuns } from '../resolvers/ingest-runs.js';
import { sources, type SourceHealth } from '../resolvers/sources.js';
import { builder } from './builder.js';
import { CircuitStateEnum, SourceStateEnum } from './enums.js';
import { IngestRunConnection, IngestRunType } from './ingest-run.js';
import { ownStatementCost, pageArgs } from './page.js';

const LicenceType = builder.objectRef<{ readonly name: string; readonly url: string }>('Licence').implement({
  description: 'Terms under which a publisher gives its data.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the licence, with the words of attribution it asks for.',
    }),
    url: t.exposeString('url', { description: 'Where its text is.' }),
  }),
});

const SourceHealthType = builder.objectRef<SourceHealth>('SourceHealth').implement({
  description: 'One data set of one publisher, and how well it comes in, told from its latest runs.',
  fields: (t) => ({
    id: t.string({
      description: 'Its id: what `source` says elsewhere.',
      resolve: ({ source }) => source.id,
    }),
    title: t.string({
      description: 'What the data set holds, in words.',
      resolve: ({ source }) => source.title,
    }),
    docs: t.string({
      description: "Address of the publisher's own documentation.",
      resolve: ({ source }) => source.docs,
    }),
    licence: t.field({
      type: LicenceType,
      description: 'Terms under which its data may be used.',
      resolve: ({ source }) => source.licence,
    }),
    updatesEveryMinutes: t.int({
      nullable: true,
      description:
        'How often its publisher updates it, minutes; it is asked no more often. Null: history, which only a backfill asks for.',
      resolve: ({ source }) => source.cadence?.everyMinutes,
    }),
    state: t.expose('state', { type: SourceStateEnum, description: 'Whether it comes in as it should.' }),
    circuit: t.field({
      type: CircuitStateEnum,
      description: 'Whether it is asked, or left alone after failures.',
      resolve: ({ circuit }) => circuit.state,
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'It is not asked before this instant. Null: it is asked as soon as an update is due.',
    }),
    failures: t.exposeInt('failures', {
      description: 'Runs that failed since the last success, backfills aside.',
    }),
    lastSuccessAt: t.expose('lastSuccessAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Start of its last successful run: its values are as of then. Null: none succeeded yet.',
    }),
    ageSeconds: t.exposeInt('ageSeconds', {
      nullable: true,
      description: 'Seconds since `lastSuccessAt`. Null: none succeeded yet.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'Its newest failure in words, over or not: see `state`. Null: it never failed.',
    }),
    lastErrorCode: t.exposeString('lastErrorCode', {
      nullable: true,
      description: 'Code of the newest failure, as in docs/errors.md. Null: it never failed.',
    }),
    lastErrorAt: t.expose('lastErrorAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the newest failure was. Null: it never failed.',
    }),
    runs: t.field({
      type: IngestRunConnection,
      args: pageArgs,
      complexity: ownStatementCost,
      description: 'Its runs, newest first.',
      resolve: ({ source }, args, context) => ingestRuns({ ...args, source: source.id }, context),
    }),
  }),
});

builder.prismaObjectField(IngestRunType, 'sourceHealth', (t) =>
  t.field({
    type: SourceHealthType,
    nullable: true,
    description:
      'Its source, and how that is now. Null: this version has no such source any more, or it is the synthetic one.',
    resolve: async (run, _args, context) =>
      (await sources(context)).find(({ sourceId }) => sourceId === run.sourceId),
  }),
);

builder.queryField('sources', (t) =>
  t.field({
    type: [SourceHealthType],
    complexity: { field: 1, multiplier: 10 },
    description: 'Every source that this version asks, and how well it comes in.',
    resolve: (_root, _args, context) => sources(context),
  }),
);
