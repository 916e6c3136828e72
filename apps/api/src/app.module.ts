import { Module, type DynamicModule } from '@nestjs/common';
import { AccountModule } from './accounts/account.module.js';
import { ApiKeyModule } from './api-keys/api-key.module.js';
import { AuditEventModule } from './audit-events/audit-event.module.js';
import type { ApiConfig } from './config/environment.js';
import { coreModules, type Installation } from './core.module.js';
import { DocumentModule } from './documents/document.module.js';
import { HealthModule } from './health/health.module.js';
import { BootstrapKey } from './installation/bootstrap-key.js';
import { MeModule } from './me/me.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { UsageModule } from './usage/usage.module.js';
import { WorkflowModule } from './workflows/workflow.module.js';

/** The parts list of the API. */
@Module({})
export class AppModule {
  /** The application for one installation. */
  static for(config: ApiConfig, installation: Installation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ...coreModules(config, installation, 'clary-api'),
        MeModule,
        ApiKeyModule,
        AccountModule,
        AuditEventModule,
        UsageModule,
        DocumentModule.for(config.dataDir),
        WorkflowModule,
        HealthModule,
        OpenApiModule,
      ],
      providers: [BootstrapKey],
    };
  }
}
