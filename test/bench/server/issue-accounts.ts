import { ApiKey, type AccountService, type ApiKeyService } from '@clary/nestjs-auth';
import type { DataSource, EntityManager } from 'typeorm';
import type { HeldAccount, HeldKey, IssuePlan } from './messages.js';

/** Transactions at a time; each holds one connection. */
const PARALLEL = 8;

/** What fixtures are made with. */
export interface Issuers {
  readonly accounts: AccountService;
  readonly apiKeys: ApiKeyService;
  readonly dataSource: DataSource;
}

/** Makes accounts with keys through the library's own services: an account a transaction, several at once. */
export async function issueAccounts(issuers: Issuers, plan: IssuePlan): Promise<HeldAccount[]> {
  const made: HeldAccount[] = [];
  let left = plan.accounts;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const issue = (manager: EntityManager) => issueAccount(issuers, plan, manager);
      made.push(await issuers.dataSource.transaction(issue));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  // Without statistics the planner may read a fresh table from end to end.
  await issuers.dataSource.query('ANALYZE');
  return made;
}

async function issueAccount(
  { accounts, apiKeys }: Issuers,
  { keysEach, forget = false }: IssuePlan,
  manager: EntityManager,
): Promise<HeldAccount> {
  const account = await accounts.create({ name: 'Benchmark', tier: 'professional' }, { manager });
  const held: HeldKey[] = [];
  for (let count = 0; count < keysEach; count += 1) {
    const { key, record } = await apiKeys.issue(
      { accountId: account.id, name: 'Benchmark', permissions: ['*'] },
      { manager },
    );
    held.push({ key, keyId: record.id });
  }
  if (forget) await manager.delete(ApiKey, { accountId: account.id });
  return { accountId: account.id, keys: held };
}
