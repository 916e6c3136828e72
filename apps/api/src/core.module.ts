import { AuthModule, type AuthModuleOptions, type MasterKey } from '@clary/nestjs-auth';
import { Logger, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KEY_LIMITS, PERMISSIONS, RATE_LIMITS, REALM, TIERS } from './auth-types.js';
import type { ApiConfig } from './config/environment.js';
import { connectionOptions, namedBy, type ClientName } from './database/options.js';

/** What an application needs beside the configuration: what was found or made at start. */
export interface Installation {
  readonly databaseUrl: string;
  readonly masterKeys: readonly MasterKey[];
}

/**
 * Database and authentication of an installation: what is behind both its doors, HTTP and the command line.
 *
 * @param client the door
 */
export function coreModules(
  config: ApiConfig,
  { databaseUrl, masterKeys }: Installation,
  client: ClientName,
): DynamicModule[] {
  const logger = new Logger('Database');
  const onPoolError = ({ message }: Error): void => logger.warn(`A connection broke: ${message}`);
  return [
    TypeOrmModule.forRoot({
      ...connectionOptions(databaseUrl, client, onPoolError),
      retryAttempts: 0,
    }),
    AuthModule.forRoot({
      ...authOptions(config, masterKeys),
      // A command may know a master key that no replica has been started with.
      registerMasterKeys: client === 'clary-api',
      // A command is over before it would be told of anything.
      changeChannel: client === 'clary-api' && channelOf(config),
    }),
  ];
}

function channelOf({ listenUrl }: ApiConfig): true | string {
  return listenUrl === undefined ? true : namedBy('clary-api', listenUrl);
}

/** How keys and JWTs are in an installation. */
export function authOptions(
  config: ApiConfig,
  masterKeys: readonly MasterKey[],
): AuthModuleOptions {
  return {
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
    usage: true,
  };
}
