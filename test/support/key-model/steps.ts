import { expect } from 'vitest';
import type { Answer, ShownKey } from '../json-client.js';
import { RATES, type Account, type Caller, type Key, type KeyModel } from './model.js';
import { isAtMost, isWithin, lowest, reachOf, type Tier } from './rights.js';
import { hoursFrom, iso, type World } from './world.js';

/** What is sent, and what must come of it. */
export interface Plan {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
  /** The status of the answer to a caller that is known. */
  readonly status: (caller: Caller) => number;
  /** What becomes of the model when the request was carried out; undefined: nothing. */
  readonly apply?: (caller: Caller, answer: Carried) => Promise<void> | void;
  /** Whether the answer is a key that the caller has had a hand in. */
  readonly gives?: boolean;
}

/** How a request was carried out: between which times, and with what answer. */
export interface Carried extends Answer<ShownKey> {
  readonly earliest: number;
  readonly latest: number;
}

/** One thing that a caller may try. */
export interface Step {
  plan(model: KeyModel, world: World, own: Account): Plan;
  /** Readable, by the labels of the model. */
  describe(model: KeyModel, own: Account): string;
}

/** Members of a key as a request names them; `expires_at` in hours from the start. */
export interface Members {
  readonly name?: string;
  readonly permissions?: readonly string[];
  readonly tier?: Tier;
  readonly methods?: readonly string[];
  readonly rate_limit?: number | null;
  readonly expires_at?: number | null;
  readonly allowed_ips?: readonly string[] | null;
  readonly metadata?: Record<string, unknown> | null;
  readonly environment?: string;
  readonly status?: 'active' | 'disabled';
}

/** The one of a list that a number picks, whatever there is by then. */
export const pick = <Item>(items: readonly Item[], number: number): Item =>
  items[number % items.length] as Item;

/** Which key something is to be done to: the one last changed, or one that a number picks. */
export interface Target {
  readonly number: number;
  /** Of which keys: of the caller's account, or of all. */
  readonly of: 'last' | 'own' | 'all';
}

function targetOf({ keys, lastChanged }: KeyModel, { number, of }: Target, own: Account): Key {
  if (of === 'last' && lastChanged !== undefined) return lastChanged;
  return pick(of === 'all' ? keys : keys.filter(({ account }) => account === own), number);
}

/** `POST /v1/api-keys`; `owner` picks an account, -1 one that there is none of. */
export class Create implements Step {
  constructor(
    private readonly members: Members,
    private readonly owner: number | undefined,
  ) {}

  describe(model: KeyModel): string {
    const { owner } = this;
    const account = owner === undefined ? '' : ` for ${ownerOf(model, owner)?.label ?? 'nobody'}`;
    return `create${account} ${JSON.stringify(this.members)}`;
  }

  plan(model: KeyModel, world: World): Plan {
    const { members, owner } = this;
    const account = owner === undefined ? undefined : ownerOf(model, owner);
    const named = owner === undefined ? {} : { account_id: account?.id ?? 'acct_0000000000000000' };
    const to = (caller: Caller): Key =>
      newKey(members, account ?? caller.key.account, model, world);
    return {
      method: 'POST',
      path: '/v1/api-keys',
      json: { ...toJson({ name: 'New', permissions: [], ...members }, world), ...named },
      gives: true,
      status: (caller) => {
        if (!caller.reach.has('api-keys:write')) return 403;
        if (isMisshapen(members)) return 400;
        if (owner !== undefined && (account === undefined || !model.reaches(caller, account)))
          return 404;
        const made = to(caller);
        if (isImpossible({ tier: made.tier, ...members }, made)) return 422;
        if (!model.mayGive(caller, made)) return 403;
        return model.hasRoom(made.account) ? 201 : 409;
      },
      apply: (caller, { body }) => {
        const made = { ...to(caller), id: body.id, secret: body.key ?? '' };
        model.keys.push(made);
        model.changedKey(made);
        world.replicas.knowKey(made.secret);
      },
    };
  }
}

/** `PATCH /v1/api-keys/{id}` */
export class Patch implements Step {
  constructor(
    private readonly members: Members,
    private readonly target: Target,
  ) {}

  describe(model: KeyModel, own: Account): string {
    return `patch ${targetOf(model, this.target, own).label} ${JSON.stringify(this.members)}`;
  }

  plan(model: KeyModel, world: World, own: Account): Plan {
    const { members } = this;
    const key = targetOf(model, this.target, own);
    const after = { ...key, ...changesOf(members, world) };
    return {
      method: 'PATCH',
      path: `/v1/api-keys/${key.id}`,
      json: toJson(members, world),
      gives: true,
      status: (caller) => {
        if (!caller.reach.has('api-keys:write')) return 403;
        if (isMisshapen(members)) return 400;
        if (!model.reaches(caller, key.account)) return 404;
        if (!model.mayGive(caller, key)) return 403;
        if (key.revoked) return 409;
        if (isImpossible(members, after)) return 422;
        if (!this.mayLiveOn(model, key, after)) return 409;
        return model.mayGive(caller, after) ? 200 : 403;
      },
      apply: () => {
        if (JSON.stringify(toPlain(key)) !== JSON.stringify(toPlain(after))) model.changedKey(key);
        Object.assign(key, after);
      },
    };
  }

  /** A key with a successor is not prolonged; one that is used again, or longer, is counted. */
  private mayLiveOn(model: KeyModel, key: Key, after: Key): boolean {
    const isProlonged = (after.expiresAt ?? Infinity) > (key.expiresAt ?? Infinity);
    if (key.rotatedTo !== null) return !isProlonged;
    const isEnabled = key.disabled && !after.disabled;
    return !(isProlonged || isEnabled) || model.hasRoom(key.account, key);
  }
}

/** `POST /v1/api-keys/{id}/rotate` */
export class Rotate implements Step {
  constructor(
    private readonly target: Target,
    private readonly grace: number,
  ) {}

  describe(model: KeyModel, own: Account): string {
    return `rotate ${targetOf(model, this.target, own).label} with ${this.grace} s of grace`;
  }

  plan(model: KeyModel, world: World, own: Account): Plan {
    const key = targetOf(model, this.target, own);
    return {
      method: 'POST',
      path: `/v1/api-keys/${key.id}/rotate`,
      json: { grace_period_seconds: this.grace },
      gives: true,
      status: (caller) => {
        if (!caller.reach.has('api-keys:write')) return 403;
        if (this.grace < 0 || this.grace > 604_800) return 400;
        if (!model.reaches(caller, key.account)) return 404;
        if (!model.mayGive(caller, key)) return 403;
        return key.rotatedTo === null && model.statusOf(key) === 'active' ? 201 : 409;
      },
      apply: (_, answer) => this.succeed(model, key, answer, world),
    };
  }

  private async succeed(
    model: KeyModel,
    key: Key,
    { body, earliest, latest }: Carried,
    world: World,
  ): Promise<void> {
    const successor: Key = {
      ...key,
      id: body.id,
      label: `K${model.keys.length}`,
      secret: body.key ?? '',
      rotatedFrom: key,
      tokensNotBefore: null,
    };
    world.replicas.knowKey(successor.secret);
    model.keys.push(successor);
    model.changedKey(key);
    if (key.rotatedFrom !== null) await endNow(key.rotatedFrom, { earliest, latest }, world);
    key.rotatedTo = successor;
    const grace = this.grace * 1000;
    if (key.expiresAt === null || key.expiresAt > latest + grace)
      key.expiresAt = await storedExpiry(key, earliest + grace, latest + grace, world);
  }
}

/** `DELETE /v1/api-keys/{id}`, or `DELETE /v1/me/key` without a target. */
export class Revoke implements Step {
  constructor(private readonly target: Target | undefined) {}

  describe(model: KeyModel, own: Account): string {
    const { target } = this;
    return `revoke ${target === undefined ? 'itself' : targetOf(model, target, own).label}`;
  }

  plan(model: KeyModel, _: World, own: Account): Plan {
    const { target } = this;
    const key = target === undefined ? undefined : targetOf(model, target, own);
    return {
      method: 'DELETE',
      path: key === undefined ? '/v1/me/key' : `/v1/api-keys/${key.id}`,
      status: (caller) => {
        if (key === undefined) return caller.byKey ? 200 : 403;
        if (!caller.reach.has('api-keys:write')) return 403;
        if (!model.reaches(caller, key.account)) return 404;
        const isSelf = caller.byKey && caller.key === key;
        return isSelf || model.mayGive(caller, key) ? 200 : 403;
      },
      apply: (caller) => {
        const revoked = key ?? caller.key;
        if (!revoked.revoked) model.changedKey(revoked);
        revoked.revoked = true;
      },
    };
  }
}

/** `POST /v1/api-keys/{id}/revoke-tokens` */
export class RevokeTokens implements Step {
  constructor(private readonly target: Target) {}

  describe(model: KeyModel, own: Account): string {
    return `revoke the tokens of ${targetOf(model, this.target, own).label}`;
  }

  plan(model: KeyModel, _: World, own: Account): Plan {
    const key = targetOf(model, this.target, own);
    return {
      method: 'POST',
      path: `/v1/api-keys/${key.id}/revoke-tokens`,
      status: (caller) => {
        if (!caller.reach.has('api-keys:write')) return 403;
        if (!model.reaches(caller, key.account)) return 404;
        if (!model.mayGive(caller, key)) return 403;
        return key.revoked ? 409 : 200;
      },
      apply: (_, { body, earliest, latest }) => {
        const notBefore = Date.parse(body.tokens_not_before ?? '');
        expect([nextSecond(earliest), nextSecond(latest)]).toContain(notBefore);
        if (notBefore !== key.tokensNotBefore) model.changedKey(key);
        key.tokensNotBefore = notBefore;
      },
    };
  }
}

/** `PATCH /v1/accounts/{id}` */
export class PatchAccount implements Step {
  constructor(
    private readonly target: number,
    private readonly changes: { readonly tier?: Tier; readonly status?: 'active' | 'suspended' },
  ) {}

  describe(model: KeyModel): string {
    return `patch ${pick(model.accounts, this.target).label} ${JSON.stringify(this.changes)}`;
  }

  plan(model: KeyModel): Plan {
    const { tier, status } = this.changes;
    const account = pick(model.accounts, this.target);
    return {
      method: 'PATCH',
      path: `/v1/accounts/${account.id}`,
      json: this.changes,
      status: (caller) => {
        if (!model.isAdmin(caller)) return 403;
        return status === 'suspended' && caller.key.account === account ? 409 : 200;
      },
      apply: () => {
        const before = JSON.stringify(account);
        if (tier !== undefined) account.tier = tier;
        if (status !== undefined) account.suspended = status === 'suspended';
        if (JSON.stringify(account) !== before) model.changed(account);
      },
    };
  }
}

/** `GET /v1/api-keys/{id}` */
export class Read implements Step {
  constructor(private readonly target: Target) {}

  describe(model: KeyModel, own: Account): string {
    return `read ${targetOf(model, this.target, own).label}`;
  }

  plan(model: KeyModel, _: World, own: Account): Plan {
    const key = targetOf(model, this.target, own);
    return {
      method: 'GET',
      path: `/v1/api-keys/${key.id}`,
      status: (caller) => {
        if (!caller.reach.has('api-keys:read')) return 403;
        return model.reaches(caller, key.account) ? 200 : 404;
      },
      apply: (_, { body }) => {
        expect(body).toMatchObject({
          id: key.id,
          account_id: key.account.id,
          name: key.name,
          environment: key.environment,
          tier: key.tier,
          permissions: key.permissions,
          methods: key.methods,
          allowed_ips: key.allowedIps,
          rate_limit: key.rateLimit,
          metadata: key.metadata,
          status: model.statusOf(key),
          expires_at: iso(key.expiresAt),
          tokens_not_before: iso(key.tokensNotBefore),
          rotated_from: key.rotatedFrom?.id ?? null,
          rotated_to: key.rotatedTo?.id ?? null,
        });
      },
    };
  }
}

/** `GET /v1/api-keys`; `owner` picks the account that is asked for. */
export class List implements Step {
  constructor(private readonly owner: number | undefined) {}

  describe(model: KeyModel): string {
    const { owner } = this;
    return `list${owner === undefined ? '' : ` ${pick(model.accounts, owner).label}`}`;
  }

  plan(model: KeyModel): Plan {
    const asked = this.owner === undefined ? undefined : pick(model.accounts, this.owner);
    return {
      method: 'GET',
      path: `/v1/api-keys?limit=100${asked === undefined ? '' : `&account_id=${asked.id}`}`,
      status: (caller) => {
        if (!caller.reach.has('api-keys:read')) return 403;
        return asked === undefined || model.reaches(caller, asked) ? 200 : 403;
      },
      apply: (caller, { body }) => {
        const account = asked ?? caller.key.account;
        const keys = model.keys.filter((key) => key.account === account);
        const { data } = body as unknown as { data: ShownKey[] };
        expect(data.map(({ id }) => id).sort()).toEqual(keys.map(({ id }) => id).sort());
      },
    };
  }
}

/** The one of the accounts that a number picks; -1: none. */
function ownerOf(model: KeyModel, owner: number): Account | undefined {
  return owner < 0 ? undefined : pick(model.accounts, owner);
}

function newKey(members: Members, account: Account, model: KeyModel, world: World): Key {
  return {
    id: '',
    label: `K${model.keys.length}`,
    secret: '',
    account,
    environment: members.environment ?? 'development',
    place: model.keys.length,
    name: 'New',
    tier: account.tier,
    permissions: [],
    methods: ['api_key', 'jwt'],
    allowedIps: null,
    expiresAt: null,
    rateLimit: null,
    metadata: {},
    disabled: false,
    revoked: false,
    tokensNotBefore: null,
    rotatedFrom: null,
    rotatedTo: null,
    ...changesOf(members, world),
  };
}

function changesOf({ status, ...members }: Members, world: World): Partial<Key> {
  const { name, permissions, tier, methods, rate_limit, expires_at, allowed_ips, metadata } =
    members;
  const changes = {
    name,
    permissions,
    tier,
    methods,
    rateLimit: rate_limit,
    expiresAt: expires_at === undefined ? undefined : hoursFrom(world, expires_at),
    allowedIps: allowed_ips,
    metadata: metadata === null ? {} : metadata,
    disabled: status === undefined ? undefined : status === 'disabled',
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function toJson(members: Members, world: World): object {
  const { expires_at } = members;
  return {
    ...members,
    ...(expires_at !== undefined && { expires_at: iso(hoursFrom(world, expires_at)) }),
  };
}

function isMisshapen({ expires_at, allowed_ips }: Members): boolean {
  return allowed_ips?.length === 0 || (typeof expires_at === 'number' && expires_at < 0);
}

function isImpossible({ permissions, tier, rate_limit }: Members, after: Key): boolean {
  const most = RATES[lowest(after.tier, after.account.tier)];
  return (
    permissions?.includes('documents:fly') === true ||
    (tier !== undefined && !isAtMost(tier, after.account.tier)) ||
    (typeof rate_limit === 'number' && rate_limit > most)
  );
}

/** What of a key can change, without the keys around it. */
function toPlain(key: Key): unknown {
  return { ...key, account: null, rotatedFrom: null, rotatedTo: null };
}

const nextSecond = (time: number): number => (Math.floor(time / 1000) + 1) * 1000;

/** The predecessor's grace ends with the rotation, if it still had one. */
async function endNow(
  key: Key,
  { earliest, latest }: Pick<Carried, 'earliest' | 'latest'>,
  world: World,
): Promise<void> {
  if (key.revoked || key.expiresAt === null || key.expiresAt <= earliest) return;
  key.expiresAt = await storedExpiry(key, earliest, latest, world);
}

/** What the server's clock made of a time that the model knows but for the duration of a request. */
async function storedExpiry(
  { id }: Key,
  earliest: number,
  latest: number,
  { replicas }: World,
): Promise<number> {
  const [row] = await replicas.first.database.query<{ expires_at: Date }>(
    'SELECT expires_at FROM auth_api_keys WHERE id = $1',
    [id],
  );
  const time = row?.expires_at.getTime() ?? 0;
  expect(time).toBeGreaterThanOrEqual(earliest);
  expect(time).toBeLessThanOrEqual(latest);
  return time;
}

/** What a caller has given, seen from outside: no name and no tier that it had not. */
export function assertNoMore(
  maker: { readonly permissions: string[]; readonly tier: Tier },
  given: ShownKey,
  account: Account,
): void {
  const declared = (grants: string[]): string[] =>
    [...reachOf(grants)].filter((name) => !name.endsWith(':later'));
  const names = declared(given['permissions'] as string[]);
  expect(isWithin(names, new Set(declared(maker.permissions)))).toBe(true);
  const tier = lowest(given['tier'] as Tier, account.tier);
  expect(maker.permissions.includes('admin') || isAtMost(tier, maker.tier)).toBe(true);
}
