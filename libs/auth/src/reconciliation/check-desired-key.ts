import type { Account } from '../accounts/account.entity.js';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import { problemsOf } from '../api-keys/check-api-key.js';
import type { AuthSettings } from '../auth.settings.js';
import type { Tier } from '../auth-types.js';
import { isId, KEY_ID_PREFIX } from '../credential/identifiers.js';
import { sealedVersion } from '../credential/sealing.js';
import { VERIFIER_SCHEME } from '../credential/verifier.js';
import { AUTHENTICATION_METHODS } from '../principal.js';
import type { DesiredKey } from './desired-state.js';
import type { Notice, PlanContext } from './plan-types.js';

/** Bytes. */
const VERIFIER_SIZE = 32;

/** The owner of a key, as far as it is known. */
type KnownOwner = { readonly account: Account; readonly isInFile: boolean } | undefined;

const problem = (member: keyof DesiredKey, message: string): Notice => ({
  path: [member],
  message,
});

/**
 * Whether the entry is of the key that is stored under its id, if there is one, and belongs to somebody.
 *
 * @param stored the key of this id, whatever made it
 */
export function identityProblems(
  entry: DesiredKey,
  owner: KnownOwner,
  stored: ApiKey | undefined,
): Notice[] {
  const scheme = entry.verifierScheme ?? VERIFIER_SCHEME;
  if (stored !== undefined && stored.source !== 'config') {
    const message = `is a key that was not made by this file (its source is ${stored.source})`;
    return [problem('id', message)];
  }
  return [
    ...(isId(KEY_ID_PREFIX, entry.id) ? [] : [problem('id', 'is not the id of a key')]),
    ...(owner === undefined ? [problem('accountId', 'names no account')] : []),
    ...(scheme === VERIFIER_SCHEME ? [] : [problem('verifierScheme', 'is not known')]),
    ...(entry.verifier.length === VERIFIER_SIZE
      ? []
      : [problem('verifier', `must have ${VERIFIER_SIZE} bytes`)]),
    ...(stored === undefined ? [] : replacements(entry, scheme, stored)),
  ];
}

/** Members that belong to the key for life: with another value they are another key's. */
function replacements(entry: DesiredKey, scheme: string, stored: ApiKey): Notice[] {
  const differs = {
    accountId: entry.accountId !== stored.accountId,
    environment: entry.environment !== stored.environment,
    verifier: scheme !== stored.verifierScheme || !stored.verifier.equals(entry.verifier),
  };
  return (Object.keys(differs) as (keyof typeof differs)[])
    .filter((member) => differs[member])
    .map((member) =>
      problem(member, 'is not that of the key with this id: give another key an id of its own'),
    );
}

/** What is wrong with members that a key may change in its life, by the same rules as everywhere. */
export function memberProblems(
  entry: DesiredKey,
  owner: KnownOwner,
  { settings, now }: PlanContext,
): Notice[] {
  const tier = ceilingOf(owner, settings);
  const { name, permissions, rateLimit, allowedIps } = entry;
  const methods = entry.methods?.slice();
  const set = {
    name,
    permissions: [...permissions],
    tier: entry.tier,
    methods,
    rateLimit,
    allowedIps: allowedIps?.slice() ?? null,
  };
  const key = {
    ...set,
    tier: entry.tier ?? knownTier(owner, settings),
    methods: methods ?? [...AUTHENTICATION_METHODS],
    rateLimit: rateLimit ?? null,
    expiresAt: null,
    metadata: {},
    account: { tier },
  };
  return problemsOf(key, withoutUndefined(set), settings, now).map(({ member, message }) =>
    problem(member, message),
  );
}

/** An account that the file does not name may have been lowered by others: its keys' entries are not wrong by that. */
function ceilingOf(owner: KnownOwner, settings: AuthSettings): Tier {
  return owner?.isInFile === true ? knownTier(owner, settings) : settings.tiers.highest;
}

/** The account's tier; where there is none, or it is wrong itself, one with which nothing else is. */
function knownTier(owner: KnownOwner, { tiers }: AuthSettings): Tier {
  const tier = owner?.account.tier;
  return tiers.has(tier) ? tier : tiers.highest;
}

function withoutUndefined<Members extends object>(members: Members) {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as {
    [Name in keyof Members]: Exclude<Members[Name], undefined>;
  };
}

/** Whether the sealed digest of a new key can be opened, as far as the master keys that are here tell. */
export function sealNotices(
  { sealedDigest, id: keyId, accountId }: DesiredKey,
  { masterKeys }: AuthSettings,
): { readonly problems: Notice[]; readonly warnings: Notice[] } {
  try {
    const version = sealedVersion(sealedDigest);
    if (!masterKeys.versions.includes(version))
      return { problems: [], warnings: [unread(version)] };
  } catch {
    return { problems: [problem('sealedDigest', 'is not a sealed digest')], warnings: [] };
  }
  try {
    masterKeys.open(sealedDigest, { keyId, accountId });
    return { problems: [], warnings: [] };
  } catch {
    const message = 'was sealed for another id, account or master key';
    return { problems: [problem('sealedDigest', message)], warnings: [] };
  }
}

const unread = (version: number): Notice =>
  problem(
    'sealedDigest',
    `was sealed under master key version ${version}, which is not configured: JWTs of this key are answered with 503`,
  );
