import { builder } from '../builder.js';
import { rowNumberOf } from './node-id.js';

export const WorkloadType = builder.prismaNode('Workload', {
  id: { resolve: ({ workloadId }) => workloadId },
  findUnique: (id) => ({ workloadId: rowNumberOf(id) }),
  nullable: true,
  description: "Work that wants to run: how much, until when, within which limits. Its operator's own.",
  fields: (t) => ({
    jobId: t.exposeString('jobId', { description: 'Its id, which no other workload of its operator has.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
  }),
});
