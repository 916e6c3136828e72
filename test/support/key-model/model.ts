import {
  isAtMost,
  isWithin,
  lowest,
  NAMES,
  placesOf,
  reachOf,
  reachOfToken,
  type Tier,
} from './rights.js';

/** A customer in the model. */
export interface Account {
  readonly id: string;
  readonly label: string;
  tier: Tier;
  suspended: boolean;
}

/** What of a key bounds what it may do. Times are milliseconds since the epoch. */
export interface Rights {
  readonly account: Account;
  readonly environment: string;
  tier: Tier;
  permissions: readonly string[];
  methods: readonly string[];
  allowedIps: readonly string[] | null;
  expiresAt: number | null;
}

/** A key in the model. */
export interface Key extends Rights {
  readonly id: string;
  readonly label: string;
  /** The key itself. */
  readonly secret: string;
  /** Place among the signers of its account: that of the first key of its chain. */
  readonly place: number;
  name: string;
  rateLimit: number | null;
  metadata: Record<string, unknown>;
  disabled: boolean;
  revoked: boolean;
  tokensNotBefore: number | null;
  readonly rotatedFrom: Key | null;
  rotatedTo: Key | null;
}

/** What a JWT says. */
export interface Token {
  /** How it names its key; `account`: not at all, but its account as `sub`. */
  readonly naming: 'kid' | 'iss' | 'account';
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly tier: Tier | undefined;
  readonly aud: string | undefined;
  readonly permissions: readonly string[] | undefined;
  readonly scope: string | undefined;
}

/** A request's credential and where it comes from. */
export interface Call {
  readonly key: Key;
  /** Undefined: by the key itself. */
  readonly token: Token | undefined;
  readonly ip: string;
}

/** Who calls, and what that may do. */
export interface Caller {
  readonly key: Key;
  readonly byKey: boolean;
  readonly subject: string | null;
  readonly tier: Tier;
  readonly reach: ReadonlySet<string>;
}

/** How many keys a tier may have. */
const LIMITS: Record<Tier, number> = { lite: 5, standard: 20, professional: Infinity };
/** Requests a minute of a tier. */
export const RATES: Record<Tier, number> = { lite: 100, standard: 500, professional: 2000 };
/** How many keys are tried for a JWT that names none. */
const TRIED = 20;

/** What there is, and by which rules it is judged. */
export class KeyModel {
  readonly keys: Key[] = [];
  lastChanged: Key | undefined;
  /** How many events of the audit log there are of one thing, by its id. */
  readonly events = new Map<string, number>();

  constructor(readonly accounts: readonly Account[]) {}

  statusOf(key: Key): 'active' | 'disabled' | 'expired' | 'revoked' {
    if (key.revoked) return 'revoked';
    if (key.expiresAt !== null && key.expiresAt <= Date.now()) return 'expired';
    return key.disabled ? 'disabled' : 'active';
  }

  /** Who calls; null: refused. */
  authenticate({ key, token, ip }: Call): Caller | null {
    const method = token === undefined ? 'api_key' : 'jwt';
    if (!this.isUsable(key, method) || !placesOf(key.allowedIps).has(ip)) return null;
    const tier = lowest(key.tier, key.account.tier, token?.tier ?? 'professional');
    if (token === undefined)
      return { key, byKey: true, subject: null, tier, reach: reachOf(key.permissions) };
    if (!this.isGood(token, key)) return null;
    const { permissions, scope } = token;
    const claims = [
      ...(permissions === undefined ? [] : [permissions]),
      ...(scope === undefined ? [] : [scope.split(' ').filter((name) => name !== '')]),
    ];
    const reach = reachOfToken(key.permissions, claims);
    return { key, byKey: false, subject: token.sub, tier, reach };
  }

  /** Permissions as `me` shows them. */
  shownTo({ key, byKey, reach }: Caller): readonly string[] {
    return byKey ? key.permissions : NAMES.filter((name) => reach.has(name));
  }

  isAdmin({ reach }: Caller): boolean {
    return reach.has('admin');
  }

  /** Whether an account is the caller's, or the caller reaches all. */
  reaches(caller: Caller, account: Account): boolean {
    return account === caller.key.account || this.isAdmin(caller);
  }

  /** Whether a caller may make a key that holds this. */
  mayGive(caller: Caller, given: Rights): boolean {
    const { key: own, tier, reach } = caller;
    const lifted = this.isAdmin(caller);
    return (
      (lifted || isAtMost(lowest(given.tier, given.account.tier), tier)) &&
      (lifted || given.environment === own.environment) &&
      isWithin(reachOf(given.permissions), reach) &&
      isWithin(given.methods, new Set(own.methods)) &&
      isWithin(placesOf(given.allowedIps), placesOf(own.allowedIps)) &&
      (given.expiresAt ?? Infinity) <= (own.expiresAt ?? Infinity)
    );
  }

  /** Whether an account may have one key more, not counting one. */
  hasRoom(account: Account, besides?: Key): boolean {
    const counted = this.keys.filter(
      (key) =>
        key !== besides &&
        key.account === account &&
        key.rotatedTo === null &&
        ['active', 'disabled'].includes(this.statusOf(key)),
    );
    return counted.length < LIMITS[account.tier];
  }

  /** Notes that something was changed, and so is told of in the audit log. */
  changed({ id }: { readonly id: string }): void {
    this.events.set(id, (this.events.get(id) ?? 0) + 1);
  }

  /** The same of a key, which then is the one last changed. */
  changedKey(key: Key): void {
    this.changed(key);
    this.lastChanged = key;
  }

  private isUsable(key: Key, method: string): boolean {
    return (
      this.statusOf(key) === 'active' &&
      !key.account.suspended &&
      key.environment === 'development' &&
      key.methods.includes(method)
    );
  }

  private isGood({ naming, sub, iat, aud }: Token, key: Key): boolean {
    const named = naming !== 'account' || this.isTried(key);
    const isOwn = !sub.startsWith('acct_') || sub === key.account.id;
    const isLate = key.tokensNotBefore === null || iat * 1000 >= key.tokensNotBefore;
    return named && isOwn && isLate && aud !== 'elsewhere';
  }

  /** A successor stands in its predecessor's place, and the predecessor after it. */
  private isTried(key: Key): boolean {
    const candidates = this.keys
      .filter((other) => other.account === key.account && this.isUsable(other, 'jwt'))
      .sort((a, b) => a.place - b.place || this.keys.indexOf(b) - this.keys.indexOf(a));
    return candidates.indexOf(key) < TRIED;
  }
}
