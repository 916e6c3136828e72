import { Module, type DynamicModule } from '@nestjs/common';
import { ApiKeyPresenter } from '../api-keys/api-key.presenter.js';
import type { ApiConfig } from '../config/environment.js';
import { coreModules, type Installation } from '../core.module.js';

/** The application behind the command line: database and authentication, and nothing that serves or sweeps. */
@Module({})
export class CommandModule {
  /** The application for one installation. */
  static for(config: ApiConfig, installation: Installation): DynamicModule {
    return {
      module: CommandModule,
      imports: coreModules(config, installation, 'clary-cli'),
      providers: [ApiKeyPresenter],
    };
  }
}
