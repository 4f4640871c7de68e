import type { Context } from '../context.js';
import type { FuelGeneration } from '../database/series/generation.js';
import type { Interconnector } from '../domain/interconnectors.js';
import { asOfOf } from './as-of.js';
import { fuelGeneration, newestPeriod, type FuelGenerationArgs } from './generation.js';
import type { Page } from './page.js';

/** An interconnector, and what it is asked as of; its flow now is read once for all of them. */
export interface InterconnectorNode extends Interconnector {
  readonly flowNow: FuelGeneration | null;
}

/** Answers `interconnectors`. */
export async function interconnectorsNow(
  links: readonly Interconnector[],
  args: { readonly asOf?: Date | null | undefined },
  context: Context,
): Promise<InterconnectorNode[]> {
  const period = await newestPeriod(await asOfOf(args.asOf, context), context);
  return links.map((link) => ({
    ...link,
    flowNow: period?.rows.find(({ fuelType }) => fuelType === link.code) ?? null,
  }));
}

/** Answers `Interconnector.flows`. @throws {PylonError} BAD_USER_INPUT, BAD_CURSOR */
export const flows = (
  { code }: Interconnector,
  args: Omit<FuelGenerationArgs, 'fuelTypes' | 'classification' | 'joinWind'>,
  context: Context,
): Promise<Page<FuelGeneration>> => fuelGeneration({ ...args, fuelTypes: [code] }, context);
