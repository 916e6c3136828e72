import { AuthModule, type MasterKey } from '@clary/nestjs-auth';
import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KEY_LIMITS, PERMISSIONS, RATE_LIMITS, REALM, TIERS } from './auth-types.js';
import { AccountModule } from './accounts/account.module.js';
import { ApiKeyModule } from './api-keys/api-key.module.js';
import { AuditEventModule } from './audit-events/audit-event.module.js';
import type { ApiConfig } from './config/environment.js';
import { servingOptions } from './database/options.js';
import { DocumentModule } from './documents/document.module.js';
import { HealthModule } from './health/health.module.js';
import { BootstrapKey } from './installation/bootstrap-key.js';
import { MeModule } from './me/me.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { WorkflowModule } from './workflows/workflow.module.js';

/** What an application needs beside the configuration: what was found or made at start. */
export interface Installation {
  readonly databaseUrl: string;
  readonly masterKeys: readonly MasterKey[];
}

/** The parts list of the API. */
@Module({})
export class AppModule {
  /** The application for one installation. */
  static for(config: ApiConfig, { databaseUrl, masterKeys }: Installation): DynamicModule {
    const logger = new Logger('Database');
    const onPoolError = ({ message }: Error): void => logger.warn(`A connection broke: ${message}`);
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({ ...servingOptions(databaseUrl, onPoolError), retryAttempts: 0 }),
        AuthModule.forRoot({
          masterKeys,
          keyPrefix: REALM,
          environment: config.environment,
          tiers: TIERS,
          // Names for services behind this one are the operator's: no route of ours can require them.
          permissions: [...PERMISSIONS, ...(config.extraPermissions as typeof PERMISSIONS)],
          audience: config.jwtAudience,
          jwtMaxLifetime: config.jwtMaxLifetime,
          undecoratedRoutes: 'refuse-start',
          trustedProxies: config.trustedProxies,
          keyLimits: KEY_LIMITS,
          rateLimits: RATE_LIMITS,
          maxKeyLifetimeDays: config.keyMaxLifetimeDays,
          audit: true,
        }),
        MeModule,
        ApiKeyModule,
        AccountModule,
        AuditEventModule,
        DocumentModule.for(config.dataDir),
        WorkflowModule,
        HealthModule,
        OpenApiModule,
      ],
      providers: [BootstrapKey],
    };
  }
}
