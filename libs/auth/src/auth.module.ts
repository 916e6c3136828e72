import {
  ConfigurableModuleBuilder,
  Module,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccountRepository } from './accounts/account.repository.js';
import { AccountService } from './accounts/account.service.js';
import { AuditedAccounts } from './accounts/audited-accounts.js';
import { ApiKeyAuthenticator } from './api-keys/api-key.authenticator.js';
import { ApiKeyDirectory } from './api-keys/api-key.directory.js';
import { ApiKeyPolicy } from './api-keys/api-key.policy.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { ApiKeyService } from './api-keys/api-key.service.js';
import { AuditedApiKeys } from './api-keys/audited-api-keys.js';
import { CredentialLookup } from './api-keys/credential-lookup.js';
import { KeyRecordRepository } from './api-keys/key-record.repository.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { SealedDigestRepository } from './api-keys/sealed-digest.repository.js';
import { StoreGate } from './api-keys/store-gate.js';
import { AuditEventRepository } from './audit/audit-event.repository.js';
import { AuditService } from './audit/audit.service.js';
import { RefusalRecorder } from './audit/refusal-recorder.js';
import { AuthGuard } from './auth.guard.js';
import { AuthSettings, type AuthModuleOptions } from './auth.settings.js';
import { ChangeClock } from './cache/change-clock.js';
import { Readings } from './cache/reading.js';
import { RememberedCredentials } from './cache/remembered-credentials.js';
import { ChangeListener } from './changes/change-listener.js';
import { CommittedChanges } from './changes/committed-changes.js';
import { CredentialExplainer } from './explanation/credential-explainer.js';
import { Transactions } from './database/transactions.js';
import { MasterKeyRepository } from './master-keys/master-key.repository.js';
import { MasterKeyService } from './master-keys/master-key.service.js';
import { Resealer } from './master-keys/resealer.js';
import { AppliedConfigurationRepository } from './reconciliation/applied-configuration.repository.js';
import { ReconciliationService } from './reconciliation/reconciliation.service.js';
import { RouteInspector } from './routes/route-inspector.js';
import { RouteRules } from './routes/route-rules.js';
import { RouteTemplates } from './routes/route-templates.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import { UsageRecorder } from './usage/usage-recorder.js';
import { UsageRepository } from './usage/usage.repository.js';
import { UsageService } from './usage/usage.service.js';

/** How the module is put into an application, beside its options. */
export interface AuthModuleExtras {
  /** Whether other modules may inject its providers without importing it. Default true. */
  isGlobal?: boolean;
  /** Whether the guard stands before every route. Default true; else use `@UseGuards(AuthGuard)` or `APP_GUARD`. */
  globalGuard?: boolean;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<AuthModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras<AuthModuleExtras>({ isGlobal: true, globalGuard: true }, installGuard)
    .build();

function installGuard(
  definition: DynamicModule,
  { isGlobal, globalGuard }: AuthModuleExtras,
): DynamicModule {
  const guard = { provide: APP_GUARD, useExisting: AuthGuard };
  return {
    ...definition,
    global: isGlobal === true,
    providers: [...(definition.providers ?? []), ...(globalGuard === true ? [guard] : [])],
  };
}

/** What is known in memory; plain classes, which know nothing of Nest. */
const memoryProviders: Provider[] = [
  { provide: ChangeClock, useClass: ChangeClock },
  {
    provide: Readings,
    useFactory: (changes: ChangeClock) => new Readings(changes),
    inject: [ChangeClock],
  },
  {
    provide: RememberedCredentials,
    useFactory: (readings: Readings) => new RememberedCredentials(readings),
    inject: [Readings],
  },
];

/**
 * API keys and customer-signed JWTs for a Nest application. Needs a TypeORM `DataSource` (`TypeOrmModule.forRoot`) that
 * knows `authEntities` and has run `authMigrations`.
 *
 * `AuthModule.forRoot(options)`, `AuthModule.forRootAsync({ useFactory, inject, imports })`
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: AuthSettings,
      useFactory: (options: AuthModuleOptions) => new AuthSettings(options),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    ...memoryProviders,
    AccountRepository,
    AccountService,
    ApiKeyAuthenticator,
    ApiKeyDirectory,
    ApiKeyPolicy,
    ApiKeyRepository,
    ApiKeyService,
    AppliedConfigurationRepository,
    AuditedAccounts,
    AuditedApiKeys,
    AuditEventRepository,
    AuditService,
    ChangeListener,
    CommittedChanges,
    CredentialExplainer,
    CredentialLookup,
    KeyRecordRepository,
    KnownKeys,
    RefusalRecorder,
    MasterKeyRepository,
    MasterKeyService,
    ReconciliationService,
    Resealer,
    SealedDigestRepository,
    StoreGate,
    Transactions,
    UsageRecorder,
    UsageRepository,
    UsageService,
    RouteRules,
    RouteTemplates,
    RouteInspector,
    ApiKeyStrategy,
    JwtStrategy,
    AuthGuard,
  ],
  exports: [
    AuthSettings,
    AccountService,
    ApiKeyAuthenticator,
    ApiKeyDirectory,
    ApiKeyService,
    AuditService,
    ChangeListener,
    MasterKeyService,
    ReconciliationService,
    RefusalRecorder,
    Resealer,
    UsageRecorder,
    UsageService,
    RouteRules,
    ApiKeyStrategy,
    JwtStrategy,
    AuthGuard,
  ],
})
export class AuthModule extends ConfigurableModuleClass {}
