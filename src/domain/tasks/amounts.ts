import { GPU_KINDS, KNOWN_DATA_SETS, KNOWN_MODELS } from './catalogue.js';
import { NUMBER, numberOf, type Reading } from './reading.js';
import type { Said } from './task.js';

/** How much there is of what; null where a request does not say. */
export interface Amounts {
  /** Of the work itself. */
  readonly powerKw: number | null;
  readonly energyKwh: number | null;
  /** Id of a kind of GPU in the catalogue. */
  readonly gpu: string | null;
  /** GPUs, or servers. */
  readonly machines: number | null;
  /** Parameters of the model, 10⁹. */
  readonly modelBillions: number | null;
  readonly dataGb: number | null;
}

const MULTIPLE: Readonly<Record<string, number>> = { w: 1e-3, kw: 1, mw: 1_000, gw: 1e6 };
const GB_OF: Readonly<Record<string, number>> = { mb: 1e-3, gb: 1, tb: 1_000, pb: 1e6 };

/** The amounts that a request states in units. */
export function readAmounts(reading: Reading): { readonly amounts: Amounts; readonly said: Said[] } {
  const said: Said[] = [];
  const note = (what: string, value: string, match: RegExpExecArray): void =>
    void said.push({ what, value, words: match[0].trim() });

  // Energy before power: `kWh` begins as `kW` does.
  const energyKwh = measured(
    reading,
    String.raw`(k|m|g)?wh`,
    (unit) => MULTIPLE[unit.slice(0, -1)] ?? 1,
    (value, match) => note('estimatedEnergyKwh', `${value} kWh`, match),
  );
  const powerKw = measured(
    reading,
    '(k|m|g)?w',
    (unit) => MULTIPLE[unit] ?? 1,
    (value, match) => note('powerKw', `${value} kW`, match),
  );
  const { gpu, count } = readGpus(reading, note);
  const servers =
    count === null
      ? reading.take(
          new RegExp(String.raw`\b(?:on\s+)?(${NUMBER})\s*(?:servers?|nodes?|machines?|instances?)\b`, 'i'),
        )
      : null;
  if (servers) note('servers', String(numberOf(servers[1] ?? '')), servers);
  return {
    amounts: {
      energyKwh,
      powerKw,
      gpu,
      machines: count ?? (servers ? numberOf(servers[1] ?? '') : null),
      modelBillions: readModel(reading, note),
      dataGb: readData(reading, note),
    },
    said,
  };
}

type Note = (what: string, value: string, match: RegExpExecArray) => void;

function measured(
  reading: Reading,
  unit: string,
  factorOf: (unit: string) => number,
  told: (value: number, match: RegExpExecArray) => void,
): number | null {
  const match = reading.take(new RegExp(String.raw`\b(${NUMBER})\s*(${unit})\b`, 'i'));
  if (!match) return null;
  const value = Number((numberOf(match[1] ?? '') * factorOf((match[2] ?? '').toLowerCase())).toPrecision(12));
  told(value, match);
  return value;
}

function readGpus(
  reading: Reading,
  note: Note,
): { readonly gpu: string | null; readonly count: number | null } {
  for (const { id, words } of GPU_KINDS) {
    const name = words.source.replaceAll(String.raw`\b`, '');
    const counted = reading.take(
      new RegExp(String.raw`\b(?:on\s+)?(${NUMBER})\s*(?:x|×)?\s*(?:nvidia\s+)?${name}(?:\s+gpus?)?\b`, 'i'),
    );
    if (counted) {
      note('GPUs', `${numberOf(counted[1] ?? '')} ${id}`, counted);
      return { gpu: id, count: numberOf(counted[1] ?? '') };
    }
    const named = reading.take(new RegExp(String.raw`\b(?:on\s+)?(?:nvidia\s+)?${name}(?:\s+gpus?)?\b`, 'i'));
    if (named) {
      note('kind of GPU', id, named);
      return { gpu: id, count: null };
    }
  }
  const plain = reading.take(new RegExp(String.raw`\b(?:on\s+)?(${NUMBER})\s*gpus?\b`, 'i'));
  if (!plain) return { gpu: null, count: null };
  note('GPUs', String(numberOf(plain[1] ?? '')), plain);
  return { gpu: null, count: numberOf(plain[1] ?? '') };
}

/** The size of the model: in its name (`llama-70b`), before it (`a 7B model`), or known by its name. */
function readModel(reading: Reading, note: Note): number | null {
  const sized = reading.take(
    new RegExp(
      String.raw`\b(?:[a-z][a-z0-9.]*-)*(${NUMBER})\s*(?:b|billion)\b(?:[ -](?:parameters?|params?))?(?:\s+(?:language\s+)?model)?`,
      'i',
    ),
  );
  if (sized) {
    const billions = numberOf(sized[1] ?? '');
    note('model', `${billions} billion parameters`, sized);
    return billions;
  }
  for (const { id, words, billions } of KNOWN_MODELS) {
    const match = reading.take(words);
    if (!match) continue;
    note('model', `${id}, ${billions} billion parameters`, match);
    return billions;
  }
  return null;
}

function readData(reading: Reading, note: Note): number | null {
  const sized = reading.take(
    new RegExp(
      String.raw`\b(?:on\s+|of\s+|over\s+)?(${NUMBER})\s*(mb|gb|tb|pb)\b(?:\s+of\s+(?:data|text|images|logs))?`,
      'i',
    ),
  );
  if (sized) {
    const gb = numberOf(sized[1] ?? '') * (GB_OF[(sized[2] ?? '').toLowerCase()] ?? 1);
    note('data', `${gb} GB`, sized);
    return gb;
  }
  for (const { id, words, gb } of KNOWN_DATA_SETS) {
    const match = reading.take(words);
    if (!match) continue;
    note('data', `${id}, ${gb} GB`, match);
    return gb;
  }
  return null;
}
