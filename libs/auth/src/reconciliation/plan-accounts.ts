import { Account } from '../accounts/account.entity.js';
import { snapshotOf } from '../accounts/account-snapshot.js';
import type { ChangedAccount } from '../accounts/audited-accounts.js';
import { accountProblems } from '../accounts/check-account.js';
import { ACCOUNT_ID_PREFIX, isId } from '../credential/identifiers.js';
import type { DesiredAccount } from './desired-state.js';
import {
  differences,
  type Change,
  type Notice,
  type PlanContext,
  type Verdict,
} from './plan-types.js';

/** An account as it will be. */
export type PlannedAccount = { readonly account: Account } & (
  { readonly before: null } | (ChangedAccount & Change)
);

/**
 * What becomes of an account that the file names. Who made it does not matter.
 *
 * @param index where it stands in the file
 * @param stored the account of this id, if there is one
 */
export function planAccount(
  entry: DesiredAccount,
  index: number,
  stored: Account | undefined,
  { settings, now }: PlanContext,
): Verdict<PlannedAccount> {
  const problems: Notice[] = accountProblems(entry, settings).map(({ member, message }) => ({
    path: ['accounts', index, member],
    message,
  }));
  if (!isId(ACCOUNT_ID_PREFIX, entry.id))
    problems.unshift({ path: ['accounts', index, 'id'], message: 'is not the id of an account' });
  return { problems, warnings: [], planned: plannedFrom(accountFrom(entry, stored, now), stored) };
}

/** The account as the file wants it. */
export function accountFrom(
  { id, name, tier, status }: DesiredAccount,
  stored: Account | undefined,
  now: Date,
): Account {
  return Object.assign(new Account(), {
    id,
    name,
    tier,
    status: status ?? stored?.status ?? 'active',
    createdAt: stored?.createdAt ?? now,
  } satisfies Account);
}

function plannedFrom(account: Account, stored: Account | undefined): PlannedAccount | null {
  if (stored === undefined) return { account, before: null };
  const before = snapshotOf(stored);
  const members = differences(before, snapshotOf(account));
  return members.length === 0 ? null : { account, before, members };
}
