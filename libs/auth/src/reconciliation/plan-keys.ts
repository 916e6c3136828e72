import { type Account } from '../accounts/account.entity.js';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { ChangedKey } from '../api-keys/audited-api-keys.js';
import { newLife } from '../api-keys/issue-api-key.js';
import { applyPatch, isProlonged } from '../api-keys/patch-api-key.js';
import { snapshotOf } from '../api-keys/snapshot.js';
import { VERIFIER_SCHEME } from '../credential/verifier.js';
import { AUTHENTICATION_METHODS } from '../principal.js';
import { identityProblems, memberProblems, sealNotices } from './check-desired-key.js';
import type { DesiredKey } from './desired-state.js';
import {
  differences,
  type Change,
  type Notice,
  type PlanContext,
  type Verdict,
} from './plan-types.js';

/** An account that keys of the file may belong to. */
export interface Owner {
  /** As it will be. */
  readonly account: Account;
  /** Whether the file names it, and so answers for its tier. */
  readonly isInFile: boolean;
}

/** A key as it will be. */
export type PlannedKey = { readonly key: ApiKey } & (
  { readonly before: null } | (ChangedKey & Change)
);

/**
 * What becomes of a key that the file names.
 *
 * @param index where it stands in the file
 * @param owner undefined: there is no such account
 * @param stored the key of this id, whatever made it
 */
export function planKey(
  entry: DesiredKey,
  index: number,
  owner: Owner | undefined,
  stored: ApiKey | undefined,
  context: PlanContext,
): Verdict<PlannedKey> {
  const at = (notices: readonly Notice[]): Notice[] =>
    notices.map(({ path, message }) => ({ path: ['keys', index, ...path], message }));
  const identity = identityProblems(entry, owner, stored);
  if (stored !== undefined && stored.revokedAt !== null && identity.length === 0)
    return { problems: [], warnings: at([REVOKED]), planned: null };
  const members = memberProblems(entry, owner, context);
  const seal = stored === undefined ? sealNotices(entry, context.settings) : NOTHING;
  return {
    problems: at([...identity, ...members, ...seal.problems]),
    warnings: at(seal.warnings),
    planned: owner === undefined ? null : plannedFrom(entry, owner.account, stored, context.now),
  };
}

/** What becomes of a key that the file made once and names no longer; null where it is revoked already. */
export function planRevocation(stored: ApiKey, now: Date): (ChangedKey & Change) | null {
  if (stored.revokedAt !== null) return null;
  return changeOf(stored, Object.assign(new ApiKey(), stored, { revokedAt: now }));
}

const REVOKED: Notice = { path: ['id'], message: 'is revoked for good, and is left alone' };

const NOTHING = { problems: [], warnings: [] };

function plannedFrom(
  entry: DesiredKey,
  account: Account,
  stored: ApiKey | undefined,
  now: Date,
): PlannedKey | null {
  const key = stored
    ? Object.assign(new ApiKey(), stored, { account })
    : newKey(entry, account, now);
  applyPatch(key, { status: entry.status, ...membersOf(entry, account, key) }, now);
  return stored === undefined ? { key, before: null } : changeOf(stored, key);
}

function changeOf(stored: ApiKey, key: ApiKey): (ChangedKey & Change) | null {
  const before = snapshotOf(stored);
  const members = differences(before, snapshotOf(key));
  return members.length === 0 ? null : { key, before, members };
}

/** What an entry leaves out has its default, and does not stay as somebody made it. */
function membersOf(entry: DesiredKey, account: Account, { rotatedTo, expiresAt }: ApiKey) {
  const wanted = entry.expiresAt ?? null;
  const isKept = rotatedTo !== null && isProlonged(expiresAt, wanted);
  return {
    name: entry.name,
    tier: entry.tier ?? account.tier,
    permissions: [...entry.permissions],
    methods: [...(entry.methods ?? AUTHENTICATION_METHODS)],
    allowedIps: entry.allowedIps?.slice() ?? null,
    rateLimit: entry.rateLimit ?? null,
    // As it comes back from the store, which knows no -0 and no member that is undefined.
    metadata: JSON.parse(JSON.stringify(entry.metadata ?? {})) as Record<string, unknown>,
    expiresAt: isKept ? expiresAt : wanted,
  };
}

function newKey(entry: DesiredKey, account: Account, now: Date): ApiKey {
  return Object.assign(new ApiKey(), {
    id: entry.id,
    accountId: entry.accountId,
    account,
    environment: entry.environment,
    verifierScheme: entry.verifierScheme ?? VERIFIER_SCHEME,
    verifier: entry.verifier,
    sealedDigest: entry.sealedDigest,
    ...newLife(entry.id, now),
    expiresAt: null,
    createdByKeyId: null,
    createdBySubject: null,
    source: 'config' as const,
  });
}
