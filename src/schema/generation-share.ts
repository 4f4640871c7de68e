import { FUELS, rawFuelOf, type Fuel } from '../domain/fuels.js';
import type { StatedMix } from '../domain/grid-statement.js';
import { builder } from './builder.js';
import { FuelEnum } from './enums.js';

interface GenerationShare {
  readonly fuel: Fuel;
  readonly rawFuel: string;
  readonly pct: number;
}

/** The nine fuels in the publisher's order, zeros included, then those it named outside the nine. */
export const sharesOf = ({ permille, unlisted }: StatedMix): GenerationShare[] => [
  ...FUELS.map((fuel) => ({ fuel, rawFuel: rawFuelOf(fuel), pct: permille[fuel] / 10 })),
  ...unlisted.map(({ rawFuel, permille: share }) => ({ fuel: 'OTHER' as const, rawFuel, pct: share / 10 })),
];

export const GenerationShareType = builder.objectRef<GenerationShare>('GenerationShare').implement({
  description: "One fuel's share of a generation mix.",
  fields: (t) => ({
    fuel: t.expose('fuel', {
      type: FuelEnum,
      description: 'The fuel; OTHER also where `rawFuel` is none of the nine, so OTHER can come twice.',
    }),
    rawFuel: t.exposeString('rawFuel', {
      description: "The publisher's own word for the fuel, such as `wind`.",
    }),
    pct: t.exposeFloat('pct', {
      description:
        'Percent of generation, 0–100, one decimal. Shares add up to about 100: the publisher rounds each.',
    }),
  }),
});
