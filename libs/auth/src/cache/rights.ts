import type { Tier } from '../auth-types.js';
import type { Environment } from '../environment.js';
import { IpRange } from '../ip-range.js';
import { GenerationalMap } from './generational-map.js';

/** What a key may do. Frozen, and one object for all keys that may do the same. */
export interface Rights {
  /** Where the key is accepted. */
  readonly environment: Environment;
  /** The lower of the key's tier and its account's. */
  readonly tier: Tier;
  /** Grants as stored. */
  readonly permissions: readonly string[];
  /** From where it may be used; null for anywhere. */
  readonly allowedIps: readonly IpRange[] | null;
}

/** What rights are made of: `allowedIps` as stored. */
export interface GivenRights extends Pick<Rights, 'environment' | 'tier' | 'permissions'> {
  readonly allowedIps: readonly string[] | null;
}

/** Different rights that are kept at a time, and for how many milliseconds unused. */
const SIZE = 1000;
const LIFETIME = 60_000;

const known = new GenerationalMap<string, Rights>(SIZE, LIFETIME);

/** The rights as one object: keys are many, and what they may do is much the same. */
export function rightsOf({ environment, tier, permissions, allowedIps }: GivenRights): Rights {
  const name = JSON.stringify([environment, tier, permissions, allowedIps]);
  let rights = known.get(name);
  if (rights === undefined) {
    rights = Object.freeze({
      environment,
      tier,
      permissions: Object.freeze([...permissions]),
      allowedIps: allowedIps === null ? null : parseAll(allowedIps),
    });
    known.set(name, rights);
  }
  return rights;
}

/** A text that is no range includes no address: it is left out, and lets nobody in. */
function parseAll(texts: readonly string[]): readonly IpRange[] {
  return Object.freeze(texts.flatMap((text) => IpRange.parse(text) ?? []));
}
