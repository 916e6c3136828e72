import {
  ENVIRONMENTS,
  IpRange,
  MasterKeyRing,
  parseMasterKeys,
  PermissionCatalogue,
  type MasterKey,
} from '@clary/nestjs-auth';
import { resolve } from 'node:path';
import { z } from 'zod';
import { wholeNumber } from '../validation/whole-number.js';
import { ConfigError } from './config.error.js';
import { resolveSecretFiles, type Variables } from './secret-files.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ''), 'must be a comma-separated list');

/** A check by a function that throws; its message goes to the operator. */
function accepts<Value>(check: (value: Value) => unknown) {
  return (value: Value, context: z.RefinementCtx): void => {
    try {
      check(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  };
}

/** As a ring, so that versions out of range or given twice are found here too. */
const readMasterKeys = (text: string): MasterKeyRing => new MasterKeyRing(parseMasterKeys(text));

const url = (...protocols: string[]) =>
  z.string().refine((text) => protocols.some((protocol) => text.startsWith(`${protocol}://`)), {
    message: `must begin with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  });

/** The driver decodes each part by itself, and says of a wrong one neither what nor where. */
function isDecodable(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    [username, password, pathname].forEach(decodeURIComponent);
    return true;
  } catch {
    return false;
  }
}

const databaseUrl = url('postgres', 'postgresql').refine(
  isDecodable,
  'is not a URL: write #, /, ?, % and @ in a password as %23, %2F, %3F, %25 and %40',
);

const origin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_LISTEN_URL: databaseUrl.optional(),
  DATA_DIR: z
    .string()
    .default('.clary')
    .transform((path) => resolve(path)),
  CLARY_ENVIRONMENT: z
    .enum(ENVIRONMENTS, `must be one of ${ENVIRONMENTS.join(', ')}`)
    .default('development'),
  CLARY_MASTER_KEYS: z
    .string()
    .superRefine(accepts(readMasterKeys))
    .transform(parseMasterKeys)
    .optional(),
  CLARY_CONFIG: z.string().optional(),
  CLARY_BOOTSTRAP_KEY_FILE: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  CLARY_JWT_MAX_LIFETIME: wholeNumber(1, 31_536_000).default(3600),
  CLARY_JWT_AUDIENCE: z.string().default('clary'),
  CLARY_PERMISSIONS: list
    .superRefine(accepts((names) => new PermissionCatalogue(names)))
    .default([]),
  CLARY_TRUSTED_PROXIES: list
    .refine(
      (items) => items.every((item) => IpRange.parse(item) !== null),
      'must be a comma-separated list of addresses and ranges such as 10.0.0.0/8',
    )
    .default([]),
  CLARY_KEY_MAX_LIFETIME_DAYS: wholeNumber(1, 36_500).optional(),
  CLARY_CORS_ORIGINS: list
    .refine(
      (items) => items.every(origin),
      'must be a comma-separated list of origins such as https://app.example.com',
    )
    .default([]),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
});

/** Variables that are named for features that are not there yet. Setting one is answered with a warning. */
const NOT_YET = ['REDIS_URL', 'CLARY_RATE_LIMITS', 'CLARY_METRICS_LISTEN'];

/** The configuration of an installation, read once at start. */
export interface ApiConfig {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Another way to the same database, for its notices; undefined: the same way. */
  readonly listenUrl: string | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  /** Newest first; undefined: kept in the data folder. */
  readonly masterKeys: readonly MasterKey[] | undefined;
  /** As it was given; undefined: the default one, if it is there. */
  readonly configFile: string | undefined;
  /** Absolute path. */
  readonly bootstrapKeyFile: string | undefined;
  /** Seconds. */
  readonly jwtMaxLifetime: number;
  readonly jwtAudience: string;
  /** Declared beside those of Clary AI. */
  readonly extraPermissions: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Longest life of a key made or changed by another; undefined for ever. */
  readonly keyMaxLifetimeDays: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Names of variables that are set and have no effect yet. */
  readonly ignored: readonly string[];
}

/**
 * Everything that `readConfig` would refuse, one sentence a variable; none where it would refuse nothing.
 */
export function configProblems(variables: Variables): string[] {
  try {
    const { error } = schema.safeParse(resolveSecretFiles(variables));
    return (error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}.`);
  } catch (error) {
    if (error instanceof ConfigError) return [error.message];
    throw error;
  }
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws ConfigError: one sentence that names the variable, never its value
 */
export function readConfig(variables: Variables): ApiConfig {
  const given = resolveSecretFiles(variables);
  const { data, error } = schema.safeParse(given);
  const issue = error?.issues[0];
  if (data === undefined) throw new ConfigError(`${String(issue?.path[0])}: ${issue?.message}.`);
  return {
    host: data.HOST,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL,
    listenUrl: data.DATABASE_LISTEN_URL,
    dataDir: data.DATA_DIR,
    environment: data.CLARY_ENVIRONMENT,
    masterKeys: data.CLARY_MASTER_KEYS,
    configFile: data.CLARY_CONFIG,
    bootstrapKeyFile: data.CLARY_BOOTSTRAP_KEY_FILE,
    jwtMaxLifetime: data.CLARY_JWT_MAX_LIFETIME,
    jwtAudience: data.CLARY_JWT_AUDIENCE,
    extraPermissions: data.CLARY_PERMISSIONS,
    corsOrigins: data.CLARY_CORS_ORIGINS,
    trustedProxies: data.CLARY_TRUSTED_PROXIES,
    keyMaxLifetimeDays: data.CLARY_KEY_MAX_LIFETIME_DAYS,
    logLevel: data.LOG_LEVEL,
    ignored: NOT_YET.filter((name) => given[name] !== undefined),
  };
}
