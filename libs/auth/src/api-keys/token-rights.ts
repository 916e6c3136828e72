import { GenerationalMap } from '../cache/generational-map.js';
import type { PermissionCatalogue } from '../permission.js';

/** What a JWT may do, and what it may give on to keys that it makes. Frozen. */
export interface TokenRights {
  /** Declared names. */
  readonly permissions: readonly string[];
  /** The same, and the wildcards that remain. */
  readonly grants: readonly string[];
}

/** Different combinations of grants and claims that are kept at a time, and for how many milliseconds unused. */
const SIZE = 1000;
const LIFETIME = 60_000;

/** Characters of a combination that is kept: claims of a stranger may be long, and each time others. */
const MAX_LENGTH = 512;

/** The JWTs of a customer claim much the same, and keys are granted much the same. */
const known = new WeakMap<PermissionCatalogue, GenerationalMap<string, TokenRights>>();

/**
 * What the claims leave of a key's grants.
 *
 * @param narrowings as `PermissionCatalogue.narrow` takes them
 */
export function tokenRightsOf(
  catalogue: PermissionCatalogue,
  grants: readonly string[],
  narrowings: readonly (readonly string[])[],
): TokenRights {
  const name = JSON.stringify([grants, narrowings]);
  if (name.length > MAX_LENGTH) return narrow(catalogue, grants, narrowings);
  const combinations = combinationsOf(catalogue);
  let rights = combinations.get(name);
  if (rights === undefined)
    combinations.set(name, (rights = narrow(catalogue, grants, narrowings)));
  return rights;
}

function combinationsOf(catalogue: PermissionCatalogue): GenerationalMap<string, TokenRights> {
  let combinations = known.get(catalogue);
  if (combinations === undefined)
    known.set(catalogue, (combinations = new GenerationalMap(SIZE, LIFETIME)));
  return combinations;
}

function narrow(
  catalogue: PermissionCatalogue,
  grants: readonly string[],
  narrowings: readonly (readonly string[])[],
): TokenRights {
  const names = catalogue.narrow(grants, narrowings);
  const wildcards = catalogue.narrowWildcards(names, grants, narrowings);
  return { permissions: Object.freeze(names), grants: Object.freeze([...wildcards, ...names]) };
}
