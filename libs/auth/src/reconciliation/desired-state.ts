import { createHash } from 'node:crypto';
import type { AccountStatus } from '../accounts/account.entity.js';
import type { Tier } from '../auth-types.js';
import type { Environment } from '../environment.js';
import type { AuthenticationMethod } from '../principal.js';

/** An account as a configuration file wants it. */
export interface DesiredAccount {
  /** `acct_` and 16 base62 characters. */
  readonly id: string;
  /** 1 to 100 characters, no control characters. */
  readonly name: string;
  /** The ceiling of the account's keys. */
  readonly tier: Tier;
  /** Left out: as it is; a new account is active. */
  readonly status?: AccountStatus | undefined;
}

/** A key as a configuration file wants it. It names what recognises the key, never the key. */
export interface DesiredKey {
  /** `key_` and 16 base62 characters. */
  readonly id: string;
  /** The owner: an account of the file, or one that exists. */
  readonly accountId: string;
  /** 1 to 100 characters, no control characters. */
  readonly name: string;
  /** How `verifier` was made. Default: as this package makes them. */
  readonly verifierScheme?: string | undefined;
  /** 32 bytes. */
  readonly verifier: Buffer;
  /** SHA-256 of the key, sealed for this id and account. Counts when the key is new, never again. */
  readonly sealedDigest: Buffer;
  /** Where the key is accepted. */
  readonly environment: Environment;
  /** Default: the account's. */
  readonly tier?: Tier | undefined;
  /** Declared names, `<resource>:*`, `*`, `admin`. */
  readonly permissions: readonly string[];
  /** Default: both. */
  readonly methods?: readonly AuthenticationMethod[] | undefined;
  /** Requests a minute, at most the tier's. Default: the tier's. */
  readonly rateLimit?: number | null | undefined;
  /** May lie in the past: files age. Default: never. */
  readonly expiresAt?: Date | null | undefined;
  /** Addresses and ranges from which the key may be used. Default: any. Never empty. */
  readonly allowedIps?: readonly string[] | null | undefined;
  /** A JSON object of the owner's. Default: empty. */
  readonly metadata?: Record<string, unknown> | undefined;
  /** Left out: as it is; a new key is active. */
  readonly status?: 'active' | 'disabled' | undefined;
}

/** Everything that a configuration file says. */
export interface DesiredState {
  /** A whole number from 0 on that grows with every other content. */
  readonly revision: number;
  /** Each id once. */
  readonly accounts: readonly DesiredAccount[];
  /** Each id once. */
  readonly keys: readonly DesiredKey[];
}

/**
 * What tells one content from another: SHA-256, 32 bytes. Neither the order of accounts and keys nor that of members
 * counts.
 */
export function digestOf({ accounts, keys }: DesiredState): Buffer {
  const content = { accounts: [...accounts].sort(byId), keys: [...keys].sort(byId) };
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest();
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

function canonical(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  // As pairs: in an object, names that look like numbers come first whatever was asked for.
  const said = members.filter(([, member]) => member !== undefined);
  // Not pairs alone: a list of pairs is another value.
  return { members: said.map(([name, member]) => [name, canonical(member)]) };
}
