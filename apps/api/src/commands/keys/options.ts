import { ENVIRONMENTS } from '@clary/nestjs-auth';
import type { Command } from 'commander';
import { PERMISSIONS, TIERS } from '../../auth-types.js';
import { expiry, json, list } from '../arguments.js';

/** What is said of a key when it is made. */
export interface KeyOptions {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly tier?: string;
  readonly environment?: string;
  readonly methods?: readonly string[];
  readonly rateLimit?: number;
  readonly expires?: string | null;
  readonly allowedIps?: readonly string[];
  readonly metadata?: unknown;
}

/** Gives a command that makes a key its options. */
export function withKeyOptions(command: Command): Command {
  return command
    .requiredOption('--name <text>', '1 to 100 characters, for people')
    .requiredOption(
      '--permissions <list>',
      `of ${PERMISSIONS.join(', ')}; <resource>:*, * and admin`,
      list,
    )
    .option('--tier <tier>', `${TIERS.join(', ')} (default: the account's)`)
    .option(
      '--environment <name>',
      `${ENVIRONMENTS.join(', ')} (default: that of CLARY_ENVIRONMENT)`,
    )
    .option('--methods <list>', 'api_key, jwt: by itself, by what it signs (default: both)', list)
    .option('--rate-limit <number>', "requests a minute (default: the tier's)", Number)
    .option('--expires <time>', 'a date, RFC 3339, a span such as 90d, or never', expiry)
    .option('--allowed-ips <list>', 'addresses and ranges (default: any)', list)
    .option('--metadata <json>', 'a JSON object of your own, at most 16 KB', json);
}

/** The options as members of the API's request. */
export function toMembers(options: KeyOptions): object {
  const { rateLimit, expires, allowedIps, ...same } = options;
  return { ...same, rate_limit: rateLimit, expires_at: expires, allowed_ips: allowedIps };
}
