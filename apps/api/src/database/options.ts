import { authEntities } from '@clary/nestjs-auth';
import { authMigrations } from '@clary/nestjs-auth/migrations';
import type { DataSourceOptions } from 'typeorm';
import { apiEntities } from './entities.js';
import { apiMigrations } from '../migrations/index.js';

/** Entities and migrations of the API and of the auth library, over one PostgreSQL. */
export function databaseOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [...authEntities, ...apiEntities],
    migrations: [...authMigrations, ...apiMigrations],
    synchronize: false,
    // No column needs an extension, and a managed database may not allow one.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    applicationName: 'clary-api',
  };
}

/** Milliseconds. By default the driver waits for ever; an outage must be answered within 2 s. */
const CONNECTION_TIMEOUT = 1500;
const QUERY_TIMEOUT = 1750;

/**
 * The same for serving requests, where every wait has an end.
 *
 * @param onPoolError told of idle connections that break; without a listener they would end the process
 */
export function servingOptions(
  url: string,
  onPoolError: (error: Error) => void,
): DataSourceOptions {
  return {
    ...databaseOptions(url),
    poolErrorHandler: onPoolError,
    extra: {
      max: 20,
      connectionTimeoutMillis: CONNECTION_TIMEOUT,
      query_timeout: QUERY_TIMEOUT,
      keepAlive: true,
    },
  } as DataSourceOptions;
}
