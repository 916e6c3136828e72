import { authEntities } from '@clary/nestjs-auth';
import { authMigrations } from '@clary/nestjs-auth/migrations';
import { TypeOrmModule } from '@nestjs/typeorm';
import { required } from './environment';

/** Your own entities and migrations go beside those of the package. */
export const database = TypeOrmModule.forRoot({
  type: 'postgres',
  url: required('DATABASE_URL'),
  entities: [...authEntities],
  migrations: [...authMigrations],
  migrationsRun: true,
});
