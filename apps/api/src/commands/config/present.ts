import type { Account, ApiKey, ReconciliationPlan } from '@clary/nestjs-auth';
import type { ExplainedPlan } from '../../config-file/config-file.js';
import type { Output } from '../output.js';

type Changed = ReconciliationPlan['revocations'][number];

/** How a count goes on: what is to be done, or what was done. */
export type Tense = 'to' | 'done';

/** Writes what is to be done, or what was done, so that the database is as the file says. */
export function writePlan(output: Output, { plan, warnings }: ExplainedPlan, tense: Tense): void {
  for (const warning of warnings) output.note(`warning: ${warning}`);
  output.result(toJson(plan, warnings), () => [...diffOf(plan), summaryOf(plan, tense)].join('\n'));
}

function toJson(plan: ReconciliationPlan, warnings: readonly string[]): object {
  const { status, revision, creations, changes, revocations } = plan;
  return {
    status,
    revision,
    add: {
      accounts: creations.accounts.map(({ id, name, tier }) => ({ id, name, tier })),
      keys: creations.keys.map(({ id, accountId, name }) => ({ id, account: accountId, name })),
    },
    change: {
      accounts: changes.accounts.map(({ account, members }) => ({ id: account.id, members })),
      keys: changes.keys.map(({ key, members }) => ({ id: key.id, members })),
    },
    revoke: revocations.map(({ key }) => ({ id: key.id, name: key.name })),
    warnings,
  };
}

function diffOf({ creations, changes, revocations }: ReconciliationPlan): string[] {
  return [
    ...creations.accounts.map((account) => `+ ${nameOf(account)} (${account.tier})`),
    ...changes.accounts.flatMap(({ account, members }) => changed(account, members)),
    ...creations.keys.map((key) => `+ ${nameOf(key)} (${key.accountId}, ${key.environment})`),
    ...changes.keys.flatMap(({ key, members }) => changed(key, members)),
    ...revocations.map(({ key }) => `- ${nameOf(key)}: revoked`),
  ];
}

function changed(of: Account | ApiKey, members: Changed['members']): string[] {
  const lines = members.map(
    ({ member, before, after }) =>
      `    ${member}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  );
  return [`~ ${nameOf(of)}`, ...lines];
}

const nameOf = ({ id, name }: Pick<ApiKey, 'id' | 'name'>): string =>
  `${id} ${JSON.stringify(name)}`;

function summaryOf({ status, revision, ...plan }: ReconciliationPlan, tense: Tense): string {
  if (status === 'stale') return 'Not applied: a later revision was applied already.';
  const counts = {
    [tense === 'to' ? 'to add' : 'added']:
      plan.creations.accounts.length + plan.creations.keys.length,
    [tense === 'to' ? 'to change' : 'changed']:
      plan.changes.accounts.length + plan.changes.keys.length,
    [tense === 'to' ? 'to revoke' : 'revoked']: plan.revocations.length,
  };
  if (Object.values(counts).every((count) => count === 0))
    return `Revision ${revision}: the database is as the file says.`;
  const text = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  return `Revision ${revision}: ${text.join(', ')}.`;
}
