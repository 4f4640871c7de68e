import { broken, isObject, quoted } from '../rows.js';
import type { Reach } from '../source.js';
import { resultOf } from './ckan.js';

/** Resources come and go a few times a year; one that is gone meanwhile is looked up at once. */
const KEPT_MS = 6 * 60 * 60 * 1000;

/** Which resource of which package of the portal. */
export interface ResourceQuery {
  readonly package: string;
  /** The one it was when this was written; resources are made again under other ids. */
  readonly id?: string;
  /** Fits its name or the name of its file, and no other's of the package. */
  readonly named: RegExp;
  /** What is looked for is history, and may be called an archive. */
  readonly ofArchive?: true;
}

export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

/** Packages hold past years beside the current file, under nearly the same name. */
const ARCHIVE = /archive/i;

/**
 * The resource now: the id that is known, or else the only one whose name fits. A list kept in memory serves for six hours.
 *
 * @param isGone the list kept in memory named one that is not there any more: asks again.
 * @throws {PylonError} SOURCE_CONTRACT_BROKEN when none fits, or several: the first of several would be a guess.
 */
export async function findResource(reach: Reach, query: ResourceQuery, isGone = false): Promise<Resource> {
  const body = await reach.json(`/package_show?id=${query.package}`, { maxAgeMs: isGone ? 0 : KEPT_MS });
  const { resources } = resultOf(body);
  if (!Array.isArray(resources)) throw broken(`has no list as "resources" but ${quoted(resources)}`);
  const current = resources
    .flatMap(readResource)
    .filter((resource) => query.ofArchive ?? !namesOf(resource).some(isArchive));
  const known = current.find(({ id }) => id === query.id);
  if (known) return known;
  const fitting = current.filter((resource) => namesOf(resource).some((name) => query.named.test(name)));
  const [only, another] = fitting;
  if (only && !another) return only;
  throw broken(
    `of package ${query.package} lists ${another ? 'several resources' : 'no resource'} named like ${query.named.source}: ` +
      quoted((another ? fitting : current).map(({ name }) => name)),
  );
}

function readResource(value: unknown): Resource[] {
  if (!isObject(value)) return [];
  const { id, name, url, format } = value;
  const isTable =
    typeof id === 'string' &&
    typeof name === 'string' &&
    typeof url === 'string' &&
    URL.canParse(url) &&
    /^csv$/i.test(String(format));
  return isTable ? [{ id, name, url }] : [];
}

const isArchive = (name: string): boolean => ARCHIVE.test(name);

const namesOf = ({ name, url }: Resource): readonly string[] => [
  name,
  new URL(url).pathname.split('/').at(-1) ?? '',
];
