import { Module, type DynamicModule } from '@nestjs/common';
import { AccountRepository } from '../accounts/account.repository.js';
import { ApiKeyRepository } from '../api-keys/api-key.repository.js';
import { KeyRecordRepository } from '../api-keys/key-record.repository.js';
import { SealedDigestRepository } from '../api-keys/sealed-digest.repository.js';
import { AuditEventRepository } from '../audit/audit-event.repository.js';
import { AuthModule } from '../auth.module.js';
import { ChangeListener } from '../changes/change-listener.js';
import { CommittedChanges } from '../changes/committed-changes.js';
import { generateMasterKey } from '../credential/master-keys.js';
import { Transactions } from '../database/transactions.js';
import { MasterKeyRepository } from '../master-keys/master-key.repository.js';
import { AppliedConfigurationRepository } from '../reconciliation/applied-configuration.repository.js';
import { UsageRepository } from '../usage/usage.repository.js';
import { InMemoryAccountRepository } from './in-memory-accounts.js';
import { InMemoryAppliedConfigurationRepository } from './in-memory-applied-configuration.js';
import {
  InMemoryApiKeyRepository,
  InMemoryAuditEventRepository,
  InMemoryTransactions,
} from './in-memory-store.js';
import { InMemoryChangeListener, InMemoryKeyRecordRepository } from './in-memory-key-records.js';
import {
  InMemoryMasterKeyRepository,
  InMemorySealedDigestRepository,
} from './in-memory-master-keys.js';
import { InMemoryUsageRepository } from './in-memory-usage.js';

/** The options of `AuthModule.forRoot`; the master key may be left out. */
export type AuthTestingOptions = Partial<Parameters<typeof AuthModule.forRoot>[0]>;

/**
 * `AuthModule` as it is, guard, strategies, checks of every credential, over accounts and keys in memory: for tests of
 * controllers, without a database. Sign in with `signInAs`.
 *
 * ```ts
 * const module = await Test.createTestingModule({
 *   imports: [AuthTestingModule.forRoot({ tiers: ['free', 'pro'], permissions: ['reports:read'] })],
 *   controllers: [ReportsController],
 * }).compile();
 * ```
 */
@Module({})
export class AuthTestingModule {
  /**
   * The module, to import in place of `AuthModule` and TypeORM.
   *
   * @param options as the application gives them to `AuthModule.forRoot`; by default a new master key
   */
  static forRoot(options: AuthTestingOptions = {}): DynamicModule {
    const definition = AuthModule.forRoot({ masterKeys: generateMasterKey(), ...options });
    return {
      ...definition,
      providers: [
        ...(definition.providers ?? []),
        { provide: AccountRepository, useClass: InMemoryAccountRepository },
        { provide: ApiKeyRepository, useClass: InMemoryApiKeyRepository },
        {
          provide: AppliedConfigurationRepository,
          useClass: InMemoryAppliedConfigurationRepository,
        },
        { provide: AuditEventRepository, useClass: InMemoryAuditEventRepository },
        { provide: ChangeListener, useClass: InMemoryChangeListener },
        { provide: CommittedChanges, useValue: null },
        { provide: KeyRecordRepository, useClass: InMemoryKeyRecordRepository },
        { provide: Transactions, useClass: InMemoryTransactions },
        { provide: MasterKeyRepository, useClass: InMemoryMasterKeyRepository },
        { provide: SealedDigestRepository, useClass: InMemorySealedDigestRepository },
        { provide: UsageRepository, useClass: InMemoryUsageRepository },
      ],
    };
  }
}
