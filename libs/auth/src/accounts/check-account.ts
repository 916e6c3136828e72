import type { AuthSettings } from '../auth.settings.js';
import { isName, NAME_RULE } from '../name.js';
import type { Account } from './account.entity.js';

/** What is wrong with one member of an account. */
export interface AccountProblem {
  readonly member: 'name' | 'tier';
  readonly message: string;
}

/** Everything that is wrong with what is set on an account; what is absent is not looked at. */
export function accountProblems(
  { name, tier }: Partial<Pick<Account, 'name' | 'tier'>>,
  { tiers }: AuthSettings,
): AccountProblem[] {
  const problems: AccountProblem[] = [];
  if (name !== undefined && !isName(name)) problems.push({ member: 'name', message: NAME_RULE });
  if (tier !== undefined && !tiers.has(tier))
    problems.push({ member: 'tier', message: `unknown tier "${String(tier)}"` });
  return problems;
}
