import { isDeepStrictEqual } from 'node:util';
import type { Account } from '../accounts/account.entity.js';
import type { ChangedAccount } from '../accounts/audited-accounts.js';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import type { ChangedKey } from '../api-keys/audited-api-keys.js';
import type { AuditState } from '../audit/audit-event.entity.js';
import type { AuthSettings } from '../auth.settings.js';

/** Something to say of a place in the desired state, such as `['keys', 3, 'tier']`. */
export interface Notice {
  /** Names of members and positions in lists, from the outside in. */
  readonly path: readonly (string | number)[];
  /** Goes on where the place is named: `must be …`. */
  readonly message: string;
}

/** What becomes of one member, by the names of the API. */
export interface MemberChange {
  /** Its name in the API. */
  readonly member: string;
  /** What it was. */
  readonly before: unknown;
  /** What it is to be. */
  readonly after: unknown;
}

/** Something that is there, and what becomes of it. */
export interface Change {
  /** Never empty. */
  readonly members: readonly MemberChange[];
}

/** What has to be done so that the database is as the file says. */
export interface ReconciliationPlan {
  /** Stale: a later revision was applied already, and nothing is to be done. */
  readonly status: 'apply' | 'stale';
  /** Of the file. */
  readonly revision: number;
  /** What is new. */
  readonly creations: {
    /** In the order of the file. */
    readonly accounts: readonly Account[];
    /** In the order of the file. */
    readonly keys: readonly ApiKey[];
  };
  /** What is there and differs. */
  readonly changes: {
    /** In the order of the file. */
    readonly accounts: readonly (ChangedAccount & Change)[];
    /** In the order of the file. */
    readonly keys: readonly (ChangedKey & Change)[];
  };
  /** Keys that the file made once and names no longer. */
  readonly revocations: readonly (ChangedKey & Change)[];
  /** What somebody should know, though nothing is wrong with the file. */
  readonly warnings: readonly Notice[];
}

/** Why the file cannot be applied. */
export interface InvalidPlan {
  readonly status: 'invalid';
  /** Everything that is wrong, in the order of the file. */
  readonly problems: readonly Notice[];
}

/** By what desired states are judged. */
export interface PlanContext {
  readonly settings: AuthSettings;
  readonly now: Date;
}

/** What was found of one entry. `planned` is null where nothing is to be done, and counts for nothing beside a problem. */
export interface Verdict<Planned> {
  readonly problems: readonly Notice[];
  readonly warnings: readonly Notice[];
  readonly planned: Planned | null;
}

/** The members in which two snapshots differ. */
export function differences(before: AuditState, after: AuditState): MemberChange[] {
  return Object.keys(after)
    .filter((member) => !isDeepStrictEqual(before[member], after[member]))
    .map((member) => ({ member, before: before[member], after: after[member] }));
}

/** For every entry whose id stood in the list before: that it does, and where. */
export function repetitions(
  list: 'accounts' | 'keys',
  entries: readonly { readonly id: string }[],
): Notice[] {
  const first = new Map<string, number>();
  return entries.flatMap(({ id }, index) => {
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, index);
    const message = `stands twice: ${list}[${earlier}] has the same one`;
    return earlier === undefined ? [] : [{ path: [list, index, 'id'], message }];
  });
}
