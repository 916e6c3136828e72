import { ENVIRONMENTS } from '@clary/nestjs-auth';
import type { Command } from 'commander';
import { PERMISSIONS, TIERS } from '../../auth-types.js';
import { expiry, json, list, type NONE, orNone, valueOf } from '../arguments.js';

/** What is said of a key when it is made or changed. */
export interface KeyOptions {
  readonly name?: string;
  readonly permissions?: readonly string[];
  readonly status?: string;
  readonly tier?: string;
  readonly environment?: string;
  readonly methods?: readonly string[];
  readonly rateLimit?: number | typeof NONE;
  readonly expires?: string | typeof NONE;
  readonly allowedIps?: readonly string[] | typeof NONE;
  readonly metadata?: unknown;
}

/** Gives a command that makes a key its options. */
export function withKeyOptions(command: Command): Command {
  command
    .requiredOption('--name <text>', NAME)
    .requiredOption('--permissions <list>', GRANTS, list)
    .option(
      '--environment <name>',
      `${ENVIRONMENTS.join(', ')} (default: that of CLARY_ENVIRONMENT)`,
    );
  return withSettings(command);
}

/** Gives a command that changes a key its options. */
export function withChangeOptions(command: Command): Command {
  command
    .option('--name <text>', NAME)
    .option('--permissions <list>', GRANTS, list)
    .option('--status <status>', 'active or disabled');
  return withSettings(command);
}

const NAME = '1 to 100 characters, for people';
const GRANTS = `of ${PERMISSIONS.join(', ')}; <resource>:*, * and admin`;

function withSettings(command: Command): Command {
  return command
    .option('--tier <tier>', `${TIERS.join(', ')}, not above the account's`)
    .option('--methods <list>', 'api_key, jwt: by itself, by what it signs', list)
    .option(
      '--rate-limit <number>',
      "requests a minute, not above the tier's, or none",
      orNone('none', Number),
    )
    .option(
      '--expires <time>',
      'a date, RFC 3339, a span such as 90d, or never',
      orNone('never', expiry),
    )
    .option('--allowed-ips <list>', 'addresses and ranges, or any', orNone('any', list))
    .option('--metadata <json>', 'a JSON object of your own, at most 16 KB', json);
}

/** The options as members of the API's request. */
export function toMembers(options: KeyOptions): object {
  const { rateLimit, expires, allowedIps, ...same } = options;
  return {
    ...same,
    rate_limit: valueOf(rateLimit),
    expires_at: valueOf(expires),
    allowed_ips: valueOf(allowedIps),
  };
}
