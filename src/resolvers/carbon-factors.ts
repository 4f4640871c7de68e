import type { Context } from '../context.js';
import type { CarbonFactor } from '../generated/prisma/client.js';
import { asOfOf } from './as-of.js';

export type { CarbonFactor } from '../generated/prisma/client.js';

/** Answers `carbonFactors`: the newest of each fuel, or the newest by a past instant. */
export async function carbonFactors(
  asked: Date | null | undefined,
  context: Context,
): Promise<CarbonFactor[]> {
  const asOf = await asOfOf(asked, context);
  return context.database.prisma.carbonFactor.findMany({
    ...(asOf ? { where: { sequence: { lte: asOf.sequence } } } : {}),
    distinct: ['fuel'],
    orderBy: [{ fuel: 'asc' }, { sequence: 'desc' }],
  });
}
