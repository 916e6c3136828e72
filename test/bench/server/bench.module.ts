import { authEntities, AuthModule, generateMasterKey } from '@clary/nestjs-auth';
import { authMigrations } from '@clary/nestjs-auth/migrations';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BenchController } from './bench.controller.js';

/** As many connections as the API opens. */
const POOL_SIZE = 20;

/** A small application that installs the auth library as a stranger would. */
@Module({ controllers: [BenchController] })
export class BenchModule {
  static forDatabase(url: string): DynamicModule {
    const typeOrm = TypeOrmModule.forRoot({
      type: 'postgres',
      url,
      entities: authEntities,
      migrations: authMigrations,
      migrationsRun: true,
      retryAttempts: 0,
      extra: { max: POOL_SIZE },
    });
    const auth = AuthModule.forRoot({
      masterKeys: generateMasterKey(),
      permissions: ['documents:read'],
    });
    return { module: BenchModule, imports: [typeOrm, auth] };
  }
}
