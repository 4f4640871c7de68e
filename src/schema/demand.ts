import type { DemandGroup } from '../domain/grid-signal.js';
import { builder } from './builder.js';
import { ProvenanceType } from './provenance.js';

export const DemandType = builder.objectRef<DemandGroup>('Demand').implement({
  description: 'Demand for electricity in Great Britain over a half hour, mean power, MW.',
  fields: (t) => ({
    forecastMw: t.exposeInt('forecastMw', {
      nullable: true,
      description: 'National demand as forecast, MW. Null: not forecast.',
    }),
    outturnMw: t.exposeInt('outturnMw', {
      nullable: true,
      description: 'National demand as it was, MW. Null: not published yet.',
    }),
    transmissionSystemDemandMw: t.exposeInt('transmissionSystemDemandMw', {
      nullable: true,
      description:
        'National demand with station load, pumping and exports added, as it was, MW. Null: not published yet.',
    }),
    embeddedWindMw: t.exposeInt('embeddedWindMw', {
      nullable: true,
      description:
        'Wind power on the distribution networks, which transmission meters do not see, MW. Null: not published.',
    }),
    embeddedSolarMw: t.exposeInt('embeddedSolarMw', {
      nullable: true,
      description:
        'Solar power on the distribution networks, which transmission meters do not see, MW. Null: not published.',
    }),
    provenance: t.expose('provenance', {
      type: ProvenanceType,
      description: 'Where the newest of these values comes from.',
    }),
  }),
});
