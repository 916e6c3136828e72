import { ApiKeyService, generateMasterKey } from '@clary/nestjs-auth';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { OperatorFile, type FileAccount, type FileKey } from '../support/operator-file.js';
import { call, type JsonAnswer } from '../support/json-client.js';
import { createScratchDatabase } from '../support/scratch-database.js';

const file = new OperatorFile();
let api: TestApi;
let account: FileAccount;
let revision = 1;

beforeAll(async () => {
  account = file.account();
  file.write({ revision, accounts: [account] });
  api = await startTestApi({ variables: file.variables });
});
afterAll(async () => {
  await api.stop();
  file.remove();
});
beforeEach(() => {
  account = file.account();
});

function makeKey(): FileKey {
  const made = file.key(account);
  api.knowKey(made.key);
  return made;
}

/** Applies a file of the next revision that names this account and these keys. */
async function apply(keys: readonly FileKey['entry'][], accounts = [account]): Promise<void> {
  revision += 1;
  file.write({ revision, accounts, keys });
  await api.reload();
}

const me = async (credential: string): Promise<number> =>
  (await api.request('GET', '/v1/me', { credential })).status;

const asAdmin = (method: string, path: string, json?: unknown): Promise<JsonAnswer> =>
  call(api, api.adminKey, method, path, json === undefined ? {} : { json });

/** The last line of the log. */
const lastLine = (): Record<string, unknown> =>
  JSON.parse(api.log.at(-1) ?? '{}') as Record<string, unknown>;

const actionsOn = async (id: string): Promise<string[]> => {
  const rows = await api.database.query<{ action: string }>(
    `SELECT action FROM auth_audit_events WHERE target ->> 'id' = $1 ORDER BY at, id`,
    [id],
  );
  return rows.map(({ action }) => action);
};

describe('a key of the file', () => {
  it('is put back to what the file says, and a second time nothing happens', async () => {
    const { entry } = makeKey();
    await apply([entry]);
    const path = `/v1/api-keys/${entry.id}`;
    await asAdmin('PATCH', path, { name: 'Other', rate_limit: 7, status: 'disabled' });
    await api.reload();
    await api.reload();
    expect(lastLine()).toMatchObject({ level: 'info', added: 0, changed: 0, revoked: 0, revision });
    const { body } = await asAdmin('GET', path);
    expect(body).toMatchObject({ name: 'Key', rate_limit: null, status: 'disabled' });
    const updates = ['api_key.updated', 'api_key.updated'];
    expect(await actionsOn(entry.id)).toEqual(['api_key.created', ...updates]);
  });

  it('that was replaced is not prolonged; its successor is not the file’s', async () => {
    const { key, entry } = makeKey();
    await apply([entry]);
    const rotate = await asAdmin('POST', `/v1/api-keys/${entry.id}/rotate`, {
      grace_period_seconds: 0,
    });
    const { key: successor = '' } = rotate.body;
    await apply([{ ...entry, name: 'New' }]);
    expect([await me(key), await me(successor)]).toEqual([401, 200]);
    await apply([]);
    expect(await me(successor)).toBe(200);
  });

  it('may be one more than callers could make', async () => {
    const lite = { ...account, tier: 'lite' };
    const keys = Array.from({ length: 6 }, () => makeKey().entry);
    await apply(keys, [lite]);
    expect(lastLine()).toMatchObject({ added: 7 });
  });
});

describe('an account of the file', () => {
  it('that is gone from it stays, and its other keys with it', async () => {
    await apply([]);
    const issued = await api.issueKey({ accountId: account.id });
    await apply([], []);
    expect(await me(issued.key)).toBe(200);
  });

  it('may have been made elsewhere: the file decides its name and tier', async () => {
    const { record } = await api.issueKey({ tier: 'lite', name: 'Elsewhere' });
    await apply([], [{ ...account, id: record.accountId, tier: 'standard' }]);
    const { body } = await asAdmin('GET', `/v1/accounts/${record.accountId}`);
    expect(body).toMatchObject({ name: 'Account', tier: 'standard', status: 'active' });
  });
});

describe('a file that cannot be applied while the API runs', () => {
  it('is an error in the log with every place, and everything stays as it was', async () => {
    const { key, entry } = makeKey();
    await apply([entry]);
    const { record } = await api.issueKey();
    const sealed = makeKey().entry.sealedDigest;
    file.write({
      revision: revision + 1,
      accounts: [{ ...account, tier: 'lite' }],
      keys: [
        { ...makeKey().entry, permissions: ['documents:fly'], tier: 'standard' },
        { ...makeKey().entry, id: record.id },
        { ...makeKey().entry, sealedDigest: sealed },
      ],
    });
    await api.reload();
    expect(lastLine()['level']).toBe('error');
    expect(String(lastLine()['msg']).split('\n')).toEqual([
      `The configuration file is not applied: ${file.path}:11:5: keys[0].tier: is above the account's tier "lite"`,
      `${file.path}:12:5: keys[0].permissions: unknown permission "documents:fly"`,
      `${file.path}:16:5: keys[1].id: is a key that was not made by this file (its source is api)`,
      expect.stringMatching(
        /:31:5: keys\[2\]\.sealed_digest: was sealed for another id, account or master key$/,
      ),
    ]);
    expect(await me(key)).toBe(200);
    await apply([entry]);
  });

  it('is one that is not there', async () => {
    rmSync(file.path);
    await api.reload();
    expect(lastLine()).toMatchObject({
      level: 'error',
      msg: `The configuration file is not applied: CLARY_CONFIG: ${file.path} cannot be read (ENOENT).`,
    });
  });
});

it('many signals at once are answered by one run more', async () => {
  await apply([makeKey().entry]);
  const before = api.log.length;
  await Promise.all(Array.from({ length: 10 }, () => api.reload()));
  const applied = api.log.slice(before).filter((line) => line.includes('file is applied'));
  expect(applied).toHaveLength(2);
});

describe('at start', () => {
  it('two replicas at once apply it once', async () => {
    const own = new OperatorFile();
    const database = await createScratchDatabase();
    const owner = own.account();
    const { key, entry } = own.key(owner, { permissions: ['*', 'admin'] });
    own.write({ revision: 1, accounts: [owner], keys: [entry] });
    const replicas = await Promise.all(
      [1, 2].map(() => startTestApi({ database, variables: own.variables })),
    );
    for (const replica of replicas) {
      replica.knowKey(key);
      expect((await replica.request('GET', '/v1/me', { credential: key })).status).toBe(200);
      // The file's own admin key is one: none is missing.
      expect(replica.adminKey).toBe('');
    }
    const rows = await database.query<{ action: string }>(
      'SELECT action FROM auth_audit_events ORDER BY action',
    );
    expect(rows.map(({ action }) => action)).toEqual(['account.created', 'api_key.created']);
    await Promise.all(replicas.map((replica) => replica.reload()));
    for (const replica of replicas) await replica.stop();
    await database.drop();
    own.remove();
  });

  it('without any file a signal changes nothing, and the log says so', async () => {
    const plain = await startTestApi();
    await plain.reload();
    expect(plain.log.at(-1)).toContain('There is no configuration file to apply');
    await plain.stop();
  });

  it('a key sealed under a master key that is not here gets in by itself, with a warning', async () => {
    const own = new OperatorFile();
    const owner = own.account();
    const { key, entry } = own.key(owner);
    own.write({ revision: 1, accounts: [owner], keys: [entry] });
    const variables = { ...own.variables, CLARY_MASTER_KEYS: generateMasterKey(9) };
    const other = await startTestApi({ variables });
    other.knowKey(key);
    expect(other.log.join('')).toContain('which is not configured: JWTs of this key');
    expect((await other.request('GET', '/v1/me', { credential: key })).status).toBe(200);
    expect(await other.get(ApiKeyService).get(entry.id)).toMatchObject({ source: 'config' });
    await other.stop();
    own.remove();
  });
});
