import { GenerationalMap } from '../cache/generational-map.js';
import type { PermissionCatalogue } from '../permission.js';

/** What a JWT may do, and what it may give on to keys that it makes. Frozen. */
export interface TokenRights {
  /** Declared names. */
  readonly permissions: readonly string[];
  /** The same, and the wildcards that remain. */
  readonly grants: readonly string[];
}

/** Different claims on the same grants that are kept at a time. */
const SIZE = 100;

/** Characters of claims that are kept: those of a stranger may be long, and each time others. */
const MAX_LENGTH = 256;

type ByClaims = GenerationalMap<string, TokenRights>;

/** The JWTs of a customer claim much the same. By catalogue, then by the one list of grants that keys with the same rights share. */
const known = new WeakMap<PermissionCatalogue, WeakMap<readonly string[], ByClaims>>();

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
  const claims = narrowings.length === 0 ? '' : JSON.stringify(narrowings);
  if (claims.length > MAX_LENGTH) return narrow(catalogue, grants, narrowings);
  const byClaims = claimsOn(catalogue, grants);
  let rights = byClaims.get(claims);
  if (rights === undefined) byClaims.set(claims, (rights = narrow(catalogue, grants, narrowings)));
  return rights;
}

function claimsOn(catalogue: PermissionCatalogue, grants: readonly string[]): ByClaims {
  let byGrants = known.get(catalogue);
  if (byGrants === undefined) known.set(catalogue, (byGrants = new WeakMap()));
  let byClaims = byGrants.get(grants);
  if (byClaims === undefined)
    byGrants.set(grants, (byClaims = new GenerationalMap(SIZE, Infinity)));
  return byClaims;
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
