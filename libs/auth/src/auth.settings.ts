import { ApiKeyFormat } from './credential/api-key-format.js';
import { MasterKeyRing, parseMasterKeys, type MasterKey } from './credential/master-keys.js';
import type { ClaimRules } from './credential/claim-rules.js';
import type { Permission, Tier } from './auth-types.js';
import type { Environment } from './environment.js';
import { IpRange } from './ip-range.js';
import { PermissionCatalogue } from './permission.js';
import { TierLadder } from './tier.js';

/** What `AuthModule.forRoot` takes. Only `masterKeys` has no default. */
export interface AuthModuleOptions {
  /**
   * The secrets under which signing digests are sealed, newest first: `<version>:<base64 of 32 bytes>`, comma-separated,
   * or the same as objects. An empty list: API keys work, JWTs are answered with 503 and no key can be issued.
   */
  readonly masterKeys: string | readonly MasterKey[];
  /**
   * Whether versions of master keys that the database has not seen are remembered at start. A tool beside the
   * application leaves that to the application, until it seals something itself. Default true.
   */
  readonly registerMasterKeys?: boolean;
  /** First part of every API key, and the realm of 401 answers. Default `clary`. */
  readonly keyPrefix?: string;
  /** Only keys of this environment are accepted. Default `development`. */
  readonly environment?: Environment;
  /** Tier names, lowest first. Default `lite`, `standard`, `professional`. */
  readonly tiers?: readonly Tier[];
  /** Every permission a route can require, `<resource>:<action>`; `admin` always exists. Default none. */
  readonly permissions?: readonly Permission[];
  /** What the `aud` of a JWT, if present, must name. Default: the key prefix. */
  readonly audience?: string;
  /** Longest lifetime of a JWT (`exp - iat`) in seconds. Default 3600. */
  readonly jwtMaxLifetime?: number;
  /**
   * What becomes of a route without a decorator of this package: it stops the start, or it wants any valid credential
   * and is listed in one warning. It is never open. Default `authenticated`.
   */
  readonly undecoratedRoutes?: 'refuse-start' | 'authenticated';
  /** Controllers of others whose routes are open, such as health checks. Default none. */
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- controllers are classes of any shape
  readonly publicRoutes?: readonly Function[];
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Keys that an account may have, by its tier: active and disabled ones of every environment. Default: no limit. */
  readonly keyLimits?: Partial<Record<Tier, number>>;
  /** Requests a minute of a key, by its tier: the most that its own limit may be. Default: no limit. */
  readonly rateLimits?: Partial<Record<Tier, number>>;
  /** Longest life of a key that is made or changed by another key, in days. Default: for ever. */
  readonly maxKeyLifetimeDays?: number | undefined;
  /**
   * Whether the process listens for changes of keys and accounts, so that they hold at once (PostgreSQL, LISTEN); without
   * it, after ten seconds. It takes a connection of its own: a URL says where, if the application's own goes through a
   * transaction pooler, which has no notices. Default true.
   */
  readonly changeChannel?: boolean | string;
  /** Whether every change, and every refusal that concerns a key, is written into `auth_audit_events`. Default false. */
  readonly audit?: boolean;
  /**
   * Whether requests are counted by key and route, into `auth_usage`, and it is known when keys were last used. By `AuthGuard`
   * alone: not where the strategies stand under another guard. Default false.
   */
  readonly usage?: boolean;
}

const DEFAULT_PREFIX = 'clary';
const DEFAULT_TIERS = ['lite', 'standard', 'professional'] as unknown as readonly Tier[];
const DEFAULT_JWT_LIFETIME = 3600;

/** Milliseconds. */
const DAY = 86_400_000;

/** What binds the keys that are made. */
export interface KeyPolicy {
  /** Keys of an account, by its tier; a tier without one has no limit. */
  readonly keyLimits: Partial<Record<Tier, number>>;
  /** Requests a minute, by tier; a tier without one has no limit. */
  readonly rateLimits: Partial<Record<Tier, number>>;
  /** Milliseconds that a key may live; null for ever. */
  readonly maxLifetime: number | null;
}

/** The options of the module, checked once and in the form the rest works with. */
export class AuthSettings {
  /** How keys are written and read; holds the prefix. */
  readonly format: ApiKeyFormat;
  /** The one whose keys are accepted. */
  readonly environment: Environment;
  /** Lowest first. */
  readonly tiers: TierLadder;
  /** The names that exist. */
  readonly permissions: PermissionCatalogue;
  /** Seals and opens signing digests. */
  readonly masterKeys: MasterKeyRing;
  /** Whether the versions of master keys are remembered at start. */
  readonly registerMasterKeys: boolean;
  /** What is asked of the claims of a JWT. */
  readonly claims: ClaimRules;
  /** What becomes of a route without a decorator of this package. */
  readonly undecoratedRoutes: 'refuse-start' | 'authenticated';
  /** The controllers of others whose routes are open. */
  readonly publicControllers: ReadonlySet<unknown>;
  /** Those whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly IpRange[];
  /** What binds the keys that are made. */
  readonly keyPolicy: KeyPolicy;
  /** Whether the process listens for changes, or where. */
  readonly changeChannel: boolean | string;
  /** Whether changes and refusals are audited. */
  readonly audit: boolean;
  /** Whether requests are counted. */
  readonly usage: boolean;

  /** @throws RangeError that names the option and what is wrong with it */
  constructor(options: AuthModuleOptions) {
    this.format = new ApiKeyFormat(options.keyPrefix ?? DEFAULT_PREFIX);
    this.environment = options.environment ?? 'development';
    this.tiers = new TierLadder(options.tiers ?? DEFAULT_TIERS);
    this.permissions = new PermissionCatalogue(options.permissions ?? []);
    this.masterKeys = readMasterKeys(options.masterKeys);
    this.registerMasterKeys = orDefault(options.registerMasterKeys, true);
    this.claims = this.readClaimRules(options);
    this.undecoratedRoutes = options.undecoratedRoutes ?? 'authenticated';
    this.publicControllers = new Set(options.publicRoutes);
    this.trustedProxies = readRanges(options.trustedProxies ?? []);
    this.keyPolicy = readKeyPolicy(options);
    this.changeChannel = orDefault(options.changeChannel, true);
    this.audit = orDefault(options.audit, false);
    this.usage = orDefault(options.usage, false);
  }

  private readClaimRules({ audience, jwtMaxLifetime }: AuthModuleOptions): ClaimRules {
    return {
      audience: audience ?? this.format.prefix,
      maxLifetime: jwtMaxLifetime ?? DEFAULT_JWT_LIFETIME,
      tiers: this.tiers,
    };
  }
}

function orDefault<Value>(given: Value | undefined, byDefault: Value): Value {
  return given === undefined ? byDefault : given;
}

function readKeyPolicy({
  keyLimits = {},
  rateLimits = {},
  maxKeyLifetimeDays,
}: AuthModuleOptions): KeyPolicy {
  const maxLifetime = maxKeyLifetimeDays === undefined ? null : maxKeyLifetimeDays * DAY;
  return { keyLimits, rateLimits, maxLifetime };
}

function readMasterKeys(given: AuthModuleOptions['masterKeys']): MasterKeyRing {
  try {
    return new MasterKeyRing(typeof given === 'string' ? parseMasterKeys(given) : given);
  } catch (error) {
    throw new RangeError(`masterKeys: ${(error as Error).message}`, { cause: error });
  }
}

function readRanges(texts: readonly string[]): readonly IpRange[] {
  return texts.map((text) => {
    const range = IpRange.parse(text);
    if (range === null) throw new RangeError(`trustedProxies: "${text}" is no IP range`);
    return range;
  });
}
