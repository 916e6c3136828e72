import type { Account } from '../accounts/account.entity.js';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import type { AppliedRevision } from './applied-configuration.repository.js';
import { digestOf, type DesiredState } from './desired-state.js';
import { accountFrom, planAccount, type PlannedAccount } from './plan-accounts.js';
import { planKey, planRevocation, type Owner, type PlannedKey } from './plan-keys.js';
import {
  repetitions,
  type InvalidPlan,
  type Notice,
  type PlanContext,
  type ReconciliationPlan,
  type Verdict,
} from './plan-types.js';

/** What the database says of a file's revision, accounts and keys. */
export interface StoredState {
  /** What was applied last; null where nothing ever was. */
  readonly applied: Pick<AppliedRevision, 'revision' | 'digest'> | null;
  /** At least those that the file or its keys name. */
  readonly accounts: readonly Account[];
  /** Every key that the file made, and those whose ids it names, whatever made them. */
  readonly keys: readonly ApiKey[];
}

/**
 * What has to be done so that the database is as the file says. Keys made elsewhere and accounts are never removed, a
 * revoked key stays revoked, and what is as the file says is left alone.
 */
export function plan(
  desired: DesiredState,
  stored: StoredState,
  context: PlanContext,
): ReconciliationPlan | InvalidPlan {
  const { applied } = stored;
  if (applied !== null && desired.revision < applied.revision)
    return staleBehind(applied.revision, desired);
  const accounts = planAccounts(desired, stored, context);
  const keys = planKeys(desired, stored, context);
  const problems = [
    ...revisionProblems(desired, applied),
    ...problemsIn(accounts, repetitions('accounts', desired.accounts)),
    ...problemsIn(keys, repetitions('keys', desired.keys)),
  ];
  if (problems.length > 0) return { status: 'invalid', problems };
  return {
    status: 'apply',
    revision: desired.revision,
    ...sorted(plannedOf(accounts), plannedOf(keys)),
    revocations: planRevocations(desired, stored, context),
    warnings: keys.flatMap(({ warnings }) => warnings),
  };
}

function staleBehind(applied: number, { revision }: DesiredState): ReconciliationPlan {
  const message = `is lower than ${applied}, which was applied already: nothing is applied`;
  return {
    status: 'stale',
    revision,
    creations: { accounts: [], keys: [] },
    changes: { accounts: [], keys: [] },
    revocations: [],
    warnings: [{ path: ['revision'], message }],
  };
}

function revisionProblems(desired: DesiredState, applied: StoredState['applied']): Notice[] {
  const path = ['revision'];
  if (!Number.isSafeInteger(desired.revision) || desired.revision < 0)
    return [{ path, message: 'must be a whole number from 0 on' }];
  if (applied?.revision !== desired.revision || digestOf(desired).equals(applied.digest)) return [];
  return [{ path, message: 'was applied already with other content: raise it' }];
}

function planAccounts(
  { accounts }: DesiredState,
  stored: StoredState,
  context: PlanContext,
): Verdict<PlannedAccount>[] {
  const known = new Map(stored.accounts.map((account) => [account.id, account]));
  return accounts.map((entry, index) => planAccount(entry, index, known.get(entry.id), context));
}

function planKeys(
  desired: DesiredState,
  stored: StoredState,
  context: PlanContext,
): Verdict<PlannedKey>[] {
  const owners = ownersIn(desired, stored, context.now);
  const known = new Map(stored.keys.map((key) => [key.id, key]));
  return desired.keys.map((entry, index) =>
    planKey(entry, index, owners.get(entry.accountId), known.get(entry.id), context),
  );
}

/** Every account that a key may belong to, as it will be. */
function ownersIn(desired: DesiredState, stored: StoredState, now: Date): Map<string, Owner> {
  const known = new Map(stored.accounts.map((account) => [account.id, account]));
  const owners = stored.accounts.map((account) => ({ account, isInFile: false }));
  const named = desired.accounts.map((entry) => ({
    account: accountFrom(entry, known.get(entry.id), now),
    isInFile: true,
  }));
  return new Map([...owners, ...named].map((owner) => [owner.account.id, owner]));
}

function planRevocations({ keys }: DesiredState, stored: StoredState, { now }: PlanContext) {
  const named = new Set(keys.map(({ id }) => id));
  return stored.keys
    .filter(({ id, source }) => source === 'config' && !named.has(id))
    .flatMap((key) => planRevocation(key, now) ?? []);
}

/** In the order of the file. */
function problemsIn(verdicts: readonly Verdict<unknown>[], repeated: readonly Notice[]): Notice[] {
  const repeatedAt = new Map(repeated.map((notice) => [notice.path[1], notice]));
  return verdicts.flatMap(({ problems }, index) => [
    ...[repeatedAt.get(index)].filter((notice) => notice !== undefined),
    ...problems,
  ]);
}

function plannedOf<Planned>(verdicts: readonly Verdict<Planned>[]): Planned[] {
  return verdicts.flatMap(({ planned }) => planned ?? []);
}

/** What is new apart from what changes. */
function sorted(accounts: readonly PlannedAccount[], keys: readonly PlannedKey[]) {
  return {
    creations: {
      accounts: accounts.filter(({ before }) => before === null).map(({ account }) => account),
      keys: keys.filter(({ before }) => before === null).map(({ key }) => key),
    },
    changes: {
      accounts: accounts.filter((planned) => planned.before !== null),
      keys: keys.filter((planned) => planned.before !== null),
    },
  };
}
