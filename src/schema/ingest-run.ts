import type { Refusal } from '../domain/grid-statement.js';
import { ingestRuns, ingestRunsById } from '../resolvers/ingest-runs.js';
import { runObservations } from '../resolvers/observations.js';
import { builder } from './builder.js';
import { IngestRunModeEnum, IngestRunStatusEnum } from './enums.js';
import { ObservationConnection } from './observation.js';
import { ownStatementCost, pageArgs, pageCost } from './page.js';

const RefusalType = builder.objectRef<Refusal>('Refusal').implement({
  description: 'A row of a publisher that could not be taken.',
  fields: (t) => ({
    row: t.exposeString('row', { description: "Which row, in the publisher's own terms." }),
    reason: t.exposeString('reason', { description: 'Why it was refused.' }),
  }),
});

/** Its columns are always loaded, so no field names a `select`: that would load a row of a loader once more. */
export const IngestRunType = builder.prismaObject('IngestRun', {
  description:
    'One run of one source: asked once, answered or failed. Written when it ends, in the same transaction as the rows it brought.',
  fields: (t) => ({
    source: t.string({
      description: 'Id of the source, as in `sources`.',
      resolve: ({ sourceId }, _args, { database }) => database.sources.codeOf(sourceId),
    }),
    mode: t.expose('mode', { type: IngestRunModeEnum, description: 'What began it.' }),
    status: t.expose('status', { type: IngestRunStatusEnum, description: 'How it ended.' }),
    endpoint: t.exposeString('endpoint', {
      description: "Path of its last request, below the publisher's base URL. Empty: it asked nothing.",
    }),
    from: t.expose('windowFrom', {
      type: 'DateTime',
      description: 'Start of the span it asked about, inclusive.',
    }),
    to: t.expose('windowTo', { type: 'DateTime', description: 'End of the span it asked about, exclusive.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', description: 'When it ended.' }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description: 'Status of the last HTTP answer. Null: there was none.',
    }),
    retries: t.exposeInt('retries', { description: 'Requests made again after a failure.' }),
    rowsRead: t.exposeInt('rowsRead', { description: 'Rows the publisher sent, good or not.' }),
    rowsNew: t.exposeInt('rowsNew', {
      description:
        'Half hours of a region that the source spoke of for the first time; part of `rowsChanged`. Of carbon factors, fuels; of BM units, units; of an Elexon data set, rows.',
    }),
    rowsChanged: t.exposeInt('rowsChanged', {
      description:
        'Half hours of a region about which the source said something new, which was therefore stored. Of carbon factors, fuels; of BM units, units; of an Elexon data set, rows.',
    }),
    rowsRefused: t.exposeInt('rowsRefused', { description: 'Rows that could not be taken.' }),
    rowsDuplicate: t.exposeInt('rowsDuplicate', {
      description: 'Rows about something that came again in the same answer; the last one counts.',
    }),
    refusals: t.field({
      type: [RefusalType],
      complexity: { field: 1, multiplier: 20 },
      description: 'The first refused rows with their reasons, at most 20; `rowsRefused` counts all.',
      resolve: ({ refusals }) => refusals as unknown as Refusal[],
    }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'Code of the failure, as in docs/errors.md. Null: it succeeded.',
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'The failure in words. Null: it succeeded.',
    }),
    observations: t.field({
      type: ObservationConnection,
      args: pageArgs,
      complexity: ownStatementCost,
      description: 'What it stored, in the order of the event log. Empty for runs that found nothing new.',
      resolve: (run, args, context) => runObservations(run, args, context),
    }),
  }),
});

builder.nodeRef(IngestRunType, {
  id: { resolve: ({ ingestRunId }) => ingestRunId },
  loadManyWithoutCache: ingestRunsById,
});

export const IngestRunConnection = builder.connectionObject(
  { type: IngestRunType, name: 'IngestRunConnection', description: 'A page of ingest runs, newest first.' },
  { description: 'An ingest run and its place in the connection.' },
);

builder.queryField('ingestRuns', (t) =>
  t.field({
    type: IngestRunConnection,
    args: {
      source: t.arg.string({ description: 'Only runs of this source, by id; of all when left out.' }),
      status: t.arg({
        type: IngestRunStatusEnum,
        description: 'Only runs that ended so; all when left out.',
      }),
      ...pageArgs,
    },
    complexity: pageCost,
    description: 'Runs of the sources, newest first.',
    resolve: (_root, args, context) => ingestRuns(args, context),
  }),
);
