import { AccountService, ApiKeyService, type IssueApiKey } from '@clary/nestjs-auth';
import { expect } from 'vitest';
import type { TestApi } from '../api.js';
import { mint } from '../tokens.js';
import type { Replicas } from '../replicas.js';
import { KeyModel, type Account, type Call, type Key } from './model.js';
import { CLIENTS, type Tier } from './rights.js';

/** What a run acts upon. */
export interface World {
  readonly replicas: Replicas;
  /** Times of a run are whole hours from here; milliseconds since the epoch. */
  readonly start: number;
}

const HOUR = 3_600_000;

/** The time so many hours after the start; null stays. */
export const hoursFrom = ({ start }: World, hours: number | null): number | null =>
  hours === null ? null : start + hours * HOUR;

/** A time as the API shows it. */
export const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

/** An operator's account, three customers of each tier, and keys that reach far and less far. */
export async function populate(replicas: Replicas): Promise<{ model: KeyModel; world: World }> {
  const world = { replicas, start: Date.now() };
  const tiers: Tier[] = ['professional', 'lite', 'standard', 'professional'];
  const accounts: Account[] = [];
  for (const [index, tier] of tiers.entries()) {
    const label = `A${index}`;
    const { id } = await replicas.first.get(AccountService).create({ name: label, tier });
    accounts.push({ id, label, tier, suspended: false });
  }
  const model = new KeyModel(accounts);
  accounts.forEach((account) => model.changed(account));
  const add = (index: number, more: Partial<IssueApiKey> = {}): Promise<void> =>
    addKey(model, world, accounts[index] as Account, more);
  await add(0, { permissions: ['*', 'admin'] });
  await add(1);
  await add(2);
  await add(3);
  // Each bound in one respect alone: what is bound in several hides which of them refused.
  await add(3, { permissions: ['api-keys:*', 'documents:*'] });
  await add(3, { tier: 'standard' });
  await add(3, { methods: ['api_key'] });
  await add(3, { allowedIps: ['127.0.0.0/8', '10.0.0.0/8'] });
  await add(3, { expiresAt: new Date(world.start + 2 * HOUR) });
  await add(2, { permissions: ['admin', 'api-keys:read', 'api-keys:write', 'documents:read'] });
  // Without a place that is left, so that a key is made there only once another has ended.
  for (let count = 0; count < 2; count += 1) await add(1, { permissions: [] });
  for (let count = 0; count < 2; count += 1) await add(1, { permissions: ['api-keys:*'] });
  return { model, world };
}

async function addKey(
  model: KeyModel,
  { replicas }: World,
  account: Account,
  more: Partial<IssueApiKey>,
): Promise<void> {
  const { key, record } = await replicas.first.get(ApiKeyService).issue({
    accountId: account.id,
    name: 'First',
    permissions: ['*'],
    ...more,
  });
  replicas.knowKey(key);
  const label = `K${model.keys.length}`;
  const made: Key = {
    id: record.id,
    label,
    secret: key,
    account,
    environment: record.environment,
    place: model.keys.length,
    name: record.name,
    tier: record.tier,
    permissions: record.permissions,
    methods: record.methods,
    allowedIps: record.allowedIps,
    rateLimit: record.rateLimit,
    metadata: {},
    expiresAt: record.expiresAt?.getTime() ?? null,
    disabled: false,
    revoked: false,
    tokensNotBefore: null,
    rotatedFrom: null,
    rotatedTo: null,
  };
  model.keys.push(made);
  model.changed(made);
}

/** How a call's credential is sent. */
export function toRequest({ key, token, ip }: Call): {
  credential: string;
  headers: Record<string, string>;
} {
  const headers: Record<string, string> = ip === CLIENTS[0] ? {} : { 'x-forwarded-for': ip };
  if (token === undefined) return { credential: key.secret, headers };
  const { naming, ...claims } = token;
  const payload = {
    ...claims,
    exp: claims.iat + 600,
    ...(naming === 'iss' && { iss: key.id }),
  };
  return {
    credential: mint(key.secret, payload, naming === 'kid' ? { kid: key.id } : {}),
    headers,
  };
}

/** Uses a credential; it must work as the model says, with exactly its rights. */
export async function use(model: KeyModel, api: TestApi, call: Call): Promise<void> {
  const caller = model.authenticate(call);
  const answer = await api.request('GET', '/v1/me', toRequest(call));
  expect(answer.status, `${describeCall(call)}: me`).toBe(caller === null ? 401 : 200);
  if (caller === null) return;
  const ends = [
    call.key.expiresAt,
    call.token === undefined ? null : (call.token.iat + 600) * 1000,
  ];
  const expiresAt = Math.min(...ends.map((end) => end ?? Infinity));
  expect(await answer.json()).toEqual({
    account_id: call.key.account.id,
    key_id: call.key.id,
    method: caller.byKey ? 'api_key' : 'jwt',
    subject: caller.subject,
    environment: 'development',
    tier: caller.tier,
    permissions: model.shownTo(caller),
    expires_at: iso(Number.isFinite(expiresAt) ? expiresAt : null),
  });
}

/** Who calls, in short. */
export function describeCall({ key, token, ip }: Call): string {
  const from = ip === CLIENTS[0] ? '' : ` from ${ip}`;
  if (token === undefined) return `${key.label}${from}`;
  const { naming, ...claims } = token;
  return `${key.label}.jwt(${naming} ${JSON.stringify(claims)})${from}`;
}

interface StoredKey {
  readonly [column: string]: unknown;
}

/** Everything that is stored must be as the model says: each key, each account, and how often it was changed. */
export async function compareStored(model: KeyModel, { replicas }: World): Promise<void> {
  const { database } = replicas.first;
  const ids = model.accounts.map(({ id }) => id);
  const keys = await database.query<StoredKey>(
    `SELECT id, account_id, name, environment, tier, permissions, methods, allowed_ips, rate_limit, metadata, expires_at,
      disabled_at IS NOT NULL AS disabled, revoked_at IS NOT NULL AS revoked, tokens_not_before, rotated_from, rotated_to
     FROM auth_api_keys WHERE account_id = ANY($1)`,
    [ids],
  );
  const labelled = model.keys.map((key) => [key.label, toStored(key)]);
  const found = new Map(keys.map((key) => [key['id'], key]));
  expect(Object.fromEntries(model.keys.map(({ label, id }) => [label, found.get(id)]))).toEqual(
    Object.fromEntries(labelled),
  );
  expect(keys).toHaveLength(model.keys.length);
  const accounts = await database.query<{ id: string; tier: string; status: string }>(
    'SELECT id, tier, status FROM auth_accounts WHERE id = ANY($1) ORDER BY created_at',
    [ids],
  );
  expect(accounts).toEqual(
    model.accounts.map(({ id, tier, suspended }) => ({
      id,
      tier,
      status: suspended ? 'suspended' : 'active',
    })),
  );
  const events = await database.query<{ id: string; count: number }>(
    `SELECT target ->> 'id' AS id, count(*)::int AS count FROM auth_audit_events
     WHERE account_id = ANY($1) AND action <> 'authentication.refused' GROUP BY 1`,
    [ids],
  );
  expect(new Map(events.map(({ id, count }) => [id, count]))).toEqual(model.events);
}

function toStored(key: Key): StoredKey {
  const date = (time: number | null): Date | null => (time === null ? null : new Date(time));
  return {
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
    expires_at: date(key.expiresAt),
    disabled: key.disabled,
    revoked: key.revoked,
    tokens_not_before: date(key.tokensNotBefore),
    rotated_from: key.rotatedFrom?.id ?? null,
    rotated_to: key.rotatedTo?.id ?? null,
  };
}
