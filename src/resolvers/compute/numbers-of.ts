import type { Context } from '../../context.js';
import { PylonError } from '../../domain/errors.js';

type Asker = Pick<Context, 'prisma' | 'viewer'>;
type Names = readonly string[] | null | undefined;

/** The numbers of rows by the ids that clients know them by, in any order; null for none asked. */
async function numbersOf(
  argument: string,
  names: Names,
  find: (names: string[]) => Promise<readonly (readonly [name: string, number: number])[]>,
): Promise<readonly number[] | null> {
  if (!names) return null;
  const wanted = [...new Set(names)];
  const found = new Map(wanted.length > 0 ? await find(wanted) : []);
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new PylonError(
      'BAD_USER_INPUT',
      `${argument}: you have, or may see, none of ${missing.join(', ')}`,
    );
  return [...found.values()];
}

/** Of the viewer's own operator: elsewhere others may have the same id. @throws {PylonError} BAD_USER_INPUT */
export const workloadNumbers = ({ prisma, viewer }: Asker, jobIds: Names) =>
  numbersOf('jobIds', jobIds, async (names) =>
    (
      await prisma.workload.findMany({
        where: { operatorId: viewer?.operatorId ?? -1, jobId: { in: names } },
        select: { jobId: true, workloadId: true },
      })
    ).map(({ jobId, workloadId }) => [jobId, workloadId]),
  );

/** @throws {PylonError} BAD_USER_INPUT */
export const dataCentreNumbers = ({ prisma }: Asker, dcIds: Names) =>
  numbersOf('dcIds', dcIds, async (names) =>
    (
      await prisma.dataCentre.findMany({
        where: { dcId: { in: names } },
        select: { dcId: true, dataCentreId: true },
      })
    ).map(({ dcId, dataCentreId }) => [dcId, dataCentreId]),
  );

/** @throws {PylonError} BAD_USER_INPUT */
export const agentNumbers = ({ prisma }: Asker, agentIds: Names) =>
  numbersOf('agentIds', agentIds, async (names) =>
    (
      await prisma.agent.findMany({
        where: { code: { in: names } },
        select: { code: true, agentId: true },
      })
    ).map(({ code, agentId }) => [code, agentId]),
  );

/** @throws {PylonError} BAD_USER_INPUT */
export const operatorNumbers = ({ prisma }: Asker, operatorNames: Names) =>
  numbersOf('operatorNames', operatorNames, async (names) =>
    (
      await prisma.operator.findMany({
        where: { name: { in: names } },
        select: { name: true, operatorId: true },
      })
    ).map(({ name, operatorId }) => [name, operatorId]),
  );
