import { authEntities } from '@clary/nestjs-auth';
import { authMigrations } from '@clary/nestjs-auth/migrations';
import type { PoolConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { apiEntities } from './entities.js';
import { SteadyClient } from './steady-client.js';
import { apiMigrations } from '../migrations/index.js';

/** The door a connection comes from, as PostgreSQL shows it in `pg_stat_activity.application_name`. */
export type ClientName = 'clary-api' | 'clary-cli';

/**
 * Entities and migrations of the API and of the auth library, over one PostgreSQL.
 *
 * @param limits of the driver's pool; by default its own
 */
export function databaseOptions(
  url: string,
  client: ClientName = 'clary-api',
  limits: PoolConfig = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url: namedBy(client, url),
    entities: [...authEntities, ...apiEntities],
    migrations: [...authMigrations, ...apiMigrations],
    synchronize: false,
    // No column needs an extension, and a managed database may not allow one.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    extra: { ...limits, Client: SteadyClient },
  };
}

/** The URL with the name in it: one that stands there already would hide who is connected. */
export function namedBy(client: ClientName, url: string): string {
  if (!URL.canParse(url)) return url;
  const named = new URL(url);
  named.searchParams.set('application_name', client);
  return named.href;
}

/** Milliseconds. By default the driver waits for ever; an outage must be answered within 2 s. */
const CONNECTION_TIMEOUT = 1500;
const QUERY_TIMEOUT = 1750;

/** Milliseconds. A person waits longer than a client, and some commands have much to do. */
const COMMAND_CONNECTION_TIMEOUT = 5000;

const LIMITS = {
  'clary-api': {
    max: 20,
    connectionTimeoutMillis: CONNECTION_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    keepAlive: true,
  },
  'clary-cli': { max: 2, connectionTimeoutMillis: COMMAND_CONNECTION_TIMEOUT },
} as const satisfies Record<ClientName, PoolConfig>;

/**
 * The same for one of the doors. For serving requests, every wait has an end.
 *
 * @param onPoolError told of idle connections that break; without a listener they would end the process
 */
export function connectionOptions(
  url: string,
  client: ClientName,
  onPoolError: (error: Error) => void,
): DataSourceOptions {
  return {
    ...databaseOptions(url, client, LIMITS[client]),
    poolErrorHandler: onPoolError,
  } as DataSourceOptions;
}

/** The same for the API's work that is no request, on one connection: queries take as long as they take. */
export function longWorkOptions(url: string): DataSourceOptions {
  const limits = { max: 1, connectionTimeoutMillis: COMMAND_CONNECTION_TIMEOUT };
  return databaseOptions(url, 'clary-api', limits);
}
