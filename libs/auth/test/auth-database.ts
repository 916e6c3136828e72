import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities } from '../src/index.js';
import { authMigrations } from '../src/migrations/index.js';

/** TypeORM as the application of somebody else sets it up for this package. */
export function authDatabase(url: string): DynamicModule {
  return TypeOrmModule.forRoot({
    type: 'postgres',
    url,
    entities: authEntities,
    migrations: authMigrations,
    migrationsRun: true,
    retryAttempts: 0,
  });
}
