import type { CarbonGroup } from '../domain/grid-signal.js';
import { builder } from './builder.js';
import { CarbonIndexEnum } from './enums.js';
import { ProvenanceType } from './provenance.js';

export const CarbonIntensityType = builder.objectRef<CarbonGroup>('CarbonIntensity').implement({
  description:
    'Carbon dioxide emitted for each kilowatt hour used, gCO2/kWh: operational and average, neither marginal nor life-cycle. ' +
    'Zero is a value, and common in the north.',
  fields: (t) => ({
    forecastGco2PerKwh: t.exposeInt('forecastGco2PerKwh', {
      nullable: true,
      description:
        'What is or was expected, gCO2/kWh: the newest revision known, also after the half hour is over. ' +
        'Null: no source forecast this half hour.',
    }),
    outturnGco2PerKwh: t.exposeInt('outturnGco2PerKwh', {
      nullable: true,
      description:
        'What happened, gCO2/kWh; revised for a day or more. Null: not over yet, not published yet, or a region other than ' +
        'Great Britain, for which no outturn exists.',
    }),
    index: t.expose('index', {
      type: CarbonIndexEnum,
      nullable: true,
      description:
        "The publisher's word for the outturn where there is one, else for the forecast. Null: it gave none.",
    }),
    provenance: t.expose('provenance', {
      type: ProvenanceType,
      description: 'Where the newest of these values comes from.',
    }),
  }),
});
