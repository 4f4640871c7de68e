/** The rules of ontology 3 to 6 as a plain fold over everything ever said: what the SQL of the read model is held to. */
import type { CarbonGroup, MixGroup } from '../../../src/domain/grid-signal.js';
import type { GridStatement } from '../../../src/domain/grid-statement.js';
import type { TestSource } from './writers.js';

/** One statement that was stored: whose it is, in which run, and when that became known. */
export interface Said {
  readonly by: TestSource;
  readonly run: number;
  readonly knownAt: Date;
  readonly statement: GridStatement;
}

export interface Folded {
  readonly carbon: CarbonGroup | null;
  readonly mix: MixGroup | null;
  /** What an event is told for: the served values and how well their source ranks, not when they were repeated. */
  readonly served: unknown;
}

/** Whether a source says something that its last word, group by group, did not. */
export function isNews(history: readonly Said[], by: TestSource, statement: GridStatement): boolean {
  const earlier = history
    .filter((said) => said.by.id === by.id && said.statement.kind === statement.kind)
    .map((said) => said.statement);
  const value = earlier.findLast((said) => said.intensityGco2PerKwh !== null);
  const mix = earlier.findLast((said) => said.mix !== null)?.mix;
  const valueIsNews =
    statement.intensityGco2PerKwh !== null &&
    (value?.intensityGco2PerKwh !== statement.intensityGco2PerKwh ||
      (statement.index !== null && statement.index !== value.index));
  return valueIsNews || (statement.mix !== null && JSON.stringify(statement.mix) !== JSON.stringify(mix));
}

/** What is served of one region and half hour, from all that was said of it, oldest first. */
export function fold(history: readonly Said[]): Folded {
  const carbon = carbonOf(
    ofTheBest(history.filter(({ statement }) => statement.intensityGco2PerKwh !== null)),
  );
  const mix = mixOf(ofTheBest(history.filter(({ statement }) => statement.mix !== null)));
  return {
    carbon: carbon?.group ?? null,
    mix: mix?.group ?? null,
    served: [carbon?.served, mix?.served],
  };
}

const rank = ({ quality, priority }: TestSource): number => (quality === 'REAL' ? 1000 : 0) + priority;

function ofTheBest(said: readonly Said[]): Said[] {
  const best = Math.max(...said.map(({ by }) => rank(by)));
  return said.filter(({ by }) => rank(by) === best);
}

function carbonOf(said: readonly Said[]): { group: CarbonGroup; served: unknown } | null {
  const last = said.at(-1);
  if (!last) return null;
  const forecast = said.findLast(({ statement }) => statement.kind === 'FORECAST')?.statement;
  const outturn = said.findLast(({ statement }) => statement.kind === 'OUTTURN')?.statement;
  const issued = said.flatMap(({ run, statement }) =>
    run === last.run && statement.issuedAt ? [statement.issuedAt.getTime()] : [],
  );
  const values = {
    forecastGco2PerKwh: forecast?.intensityGco2PerKwh ?? null,
    outturnGco2PerKwh: outturn?.intensityGco2PerKwh ?? null,
    index: (outturn ?? forecast)?.index ?? null,
  };
  return {
    group: {
      ...values,
      provenance: {
        source: last.by.id,
        quality: last.by.quality,
        issuedAt: issued.length > 0 ? new Date(Math.max(...issued)) : null,
        knownAt: last.knownAt,
      },
    },
    served: { ...values, rank: rank(last.by) },
  };
}

function mixOf(said: readonly Said[]): { group: MixGroup; served: unknown } | null {
  const newest = said.at(-1);
  if (!newest) return null;
  const sameRun = said.filter(({ run }) => run === newest.run);
  const { by, statement, knownAt } = sameRun.find((each) => each.statement.kind === 'OUTTURN') ?? newest;
  if (!statement.mix) return null;
  const values = { ...statement.mix, kind: statement.kind };
  return {
    group: {
      ...values,
      provenance: { source: by.id, quality: by.quality, issuedAt: statement.issuedAt, knownAt },
    },
    served: { ...values, rank: rank(by) },
  };
}
