import { UsageRecorder } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { TestCommandLine } from '../support/command-line.js';
import { claims, mint } from '../support/tokens.js';

interface KeyItem {
  readonly id: string;
  readonly account_id: string;
  readonly status: string;
  readonly source: string;
  readonly key?: string;
  readonly rotated_from: string | null;
  readonly last_used_at: string | null;
}

interface ListOf<Item> {
  readonly data: readonly Item[];
  readonly pagination: { readonly total: number };
}

const masterKeys = '7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

let api: TestApi;
let clary: TestCommandLine;

beforeAll(async () => {
  api = await startTestApi({ variables: { CLARY_MASTER_KEYS: masterKeys } });
  clary = new TestCommandLine(
    { DATABASE_URL: api.database.url, CLARY_MASTER_KEYS: masterKeys },
    api.database,
  );
});
afterAll(() => api.stop());

async function createAccount(tier = 'standard'): Promise<string> {
  const args = ['accounts', 'create', '--name', 'Example Ltd', '--tier', tier];
  return (await clary.json<{ id: string }>(args)).id;
}

async function createKey(account: string, ...more: string[]): Promise<KeyItem & { key: string }> {
  const args = ['keys', 'create', '--account', account, '--name', 'Importer'];
  const rights = more.includes('--permissions') ? [] : ['--permissions', 'documents:read'];
  const item = await clary.json<KeyItem & { key: string }>([...args, ...rights, ...more]);
  api.knowKey(item.key);
  return item;
}

const statusOf = async (credential: string): Promise<number> =>
  (await api.request('GET', '/v1/me', { credential })).status;

describe('a key that the command line makes', () => {
  it('works at the running API at once, by itself and by what it signs', async () => {
    const { key, id, source } = await createKey(await createAccount());
    expect(source).toBe('cli');
    expect(await statusOf(key)).toBe(200);
    expect(await statusOf(mint(key, claims('user_7'), { kid: id }))).toBe(200);
  });

  it('stands alone on stdout, and nowhere else', async () => {
    const account = await createAccount();
    const args = ['keys', 'create', '--account', account, '--name', 'A', '--permissions', '*'];
    const { exitCode, stdout, stderr } = await clary.run(args);
    api.knowKey(stdout.trim());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^clary_dev_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\n$/);
    expect(stderr).not.toContain(stdout.trim().slice(27));
    expect(stderr).toContain('shown this once');
  });

  it('is bound by what binds every key of its account, in the words of the options', async () => {
    const account = await createAccount('lite');
    const args = ['keys', 'create', '--account', account, '--name', 'A', '--permissions', '*'];
    expect(await clary.run([...args, '--tier', 'standard'])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `clary: --tier: is above the account's tier "lite".\n`,
    });
    for (let made = 0; made < 5; made += 1) await createKey(account);
    expect((await clary.run(args)).stderr).toContain('all 5 keys');
  });

  it('is rotated with a grace, and revoked for good', async () => {
    const old = await createKey(await createAccount());
    const made = await clary.json<KeyItem & { key: string }>([
      'keys',
      'rotate',
      old.id,
      '--grace-period',
      '1h',
    ]);
    api.knowKey(made.key);
    expect(made.rotated_from).toBe(old.id);
    expect([await statusOf(old.key), await statusOf(made.key)]).toEqual([200, 200]);
    await clary.json(['keys', 'revoke', old.id]);
    expect([await statusOf(old.key), await statusOf(made.key)]).toEqual([401, 200]);
    const again = await clary.run(['keys', 'rotate', old.id, '--grace-period', '0']);
    expect(again).toMatchObject({ exitCode: 1, stderr: 'clary: The key has a successor.\n' });
  });

  it('is switched off and on, narrowed, and loses its JWTs', async () => {
    const { key, id } = await createKey(
      await createAccount(),
      '--allowed-ips',
      '192.0.2.0/24',
      '--expires',
      '1d',
    );
    expect(await statusOf(key)).toBe(401);
    const open = ['--allowed-ips', 'any', '--rate-limit', 'none', '--expires', 'never'];
    const opened = await clary.json<object>(['keys', 'update', id, ...open]);
    expect(opened).toMatchObject({ allowed_ips: null, rate_limit: null, expires_at: null });
    expect(await statusOf(key)).toBe(200);
    await clary.json(['keys', 'update', id, '--status', 'disabled']);
    expect(await statusOf(key)).toBe(401);
    await clary.json(['keys', 'update', id, '--status', 'active']);
    const token = mint(key, claims('user_7'), { kid: id });
    await clary.json(['keys', 'revoke-tokens', id]);
    expect([await statusOf(key), await statusOf(token)]).toEqual([200, 401]);
  });

  it('is shown and listed as the API shows it, without its secret', async () => {
    const { key, ...made } = await createKey(await createAccount(), '--expires', '30d');
    const shown = await clary.json<KeyItem>(['keys', 'show', made.id]);
    const overHttp = await api.request('GET', `/v1/api-keys/${made.id}`, {
      credential: api.adminKey,
    });
    expect(shown).toEqual(made);
    expect(shown).toEqual(await overHttp.json());
    const args = ['keys', 'list', '--account', made.account_id, '--expiring-within', '31d'];
    expect((await clary.json<ListOf<KeyItem>>(args)).data).toEqual([shown]);
    expect((await clary.run(args)).stdout).not.toContain(key.slice(27));
  });

  it('belongs to the command line in the audit log', async () => {
    const { id } = await createKey(await createAccount());
    const answer = await api.request('GET', `/v1/audit-events?key_id=${id}&account_id=all`, {
      credential: api.adminKey,
    });
    const { data } = (await answer.json()) as ListOf<{ action: string; actor: object }>;
    expect(data).toMatchObject([
      { action: 'api_key.created', actor: { type: 'cli', key_id: null, subject: null } },
    ]);
  });
});

describe('an account', () => {
  it('is suspended by the command line, and its keys are refused', async () => {
    const account = await createAccount();
    const { key } = await createKey(account);
    await clary.json(['accounts', 'update', account, '--status', 'suspended']);
    expect(await statusOf(key)).toBe(401);
    await clary.json(['accounts', 'update', account, '--status', 'active']);
    expect(await statusOf(key)).toBe(200);
  });

  it('stands in a table that a person can read', async () => {
    const account = await createAccount();
    const { stdout } = await clary.run(['accounts', 'list', '--limit', '1']);
    const [heading, row] = stdout.split('\n');
    expect(heading).toMatch(/^ID +NAME +TIER +STATUS +CREATED$/);
    expect(row?.indexOf('Example Ltd')).toBe(heading?.indexOf('NAME'));
    expect(row).toContain(account);
  });
});

describe('the audit log', () => {
  it('loses what is older than was asked for, and says so', async () => {
    await createKey(await createAccount());
    const { removed } = await clary.json<{ removed: number }>(['audit', 'prune', '--before', '0s']);
    expect(removed).toBeGreaterThan(0);
    const answer = await api.request('GET', '/v1/audit-events?account_id=all', {
      credential: api.adminKey,
    });
    const { data } = (await answer.json()) as ListOf<object>;
    expect(data).toMatchObject([{ action: 'audit.pruned', actor: { type: 'cli' } }]);
  });

  it('is not pruned up to a time to come', async () => {
    const { exitCode, stderr } = await clary.run(['audit', 'prune', '--before', '2999-01-01']);
    expect([exitCode, stderr]).toEqual([2, 'clary: --before: is in the future.\n']);
  });
});

describe('the usage', () => {
  it('of keys is shown and listed, and counts that are older than was asked for go', async () => {
    const { key, ...made } = await createKey(await createAccount());
    expect(made.last_used_at).toBeNull();
    expect(await statusOf(key)).toBe(200);
    await api.get(UsageRecorder).flush();
    const shown = await clary.json<KeyItem>(['keys', 'show', made.id]);
    expect(shown.last_used_at).toMatch(/Z$/);
    const table = await clary.run(['keys', 'list', '--account', made.account_id]);
    expect(table.stdout).toMatch(/ LAST USED /);
    expect(table.stdout).toContain(shown.last_used_at);
    const old = await clary.json(['usage', 'prune', '--before', '400d']);
    expect(old).toMatchObject({ removed: 0 });
    const { removed } = await clary.json<{ removed: number }>(['usage', 'prune', '--before', '0s']);
    expect(removed).toBeGreaterThan(0);
    expect(await clary.json(['keys', 'show', made.id])).toEqual(shown);
    const wrong = await clary.run(['usage', 'prune', '--before', '2999-01-01']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, 'clary: --before: is in the future.\n']);
  });
});

describe('the routes', () => {
  it('are told with who may call them', async () => {
    const routes = await clary.json<{ path: string }[]>(['routes']);
    expect(routes).toContainEqual({
      method: 'POST',
      path: '/v1/documents/batch',
      public: false,
      permissions: ['documents:write'],
      tier: 'standard',
      credential: null,
    });
    expect(routes.filter(({ path }) => path === '/health/live')).toMatchObject([{ public: true }]);
  });
});

describe('the command line', () => {
  it('says its version and how it is called, on stdout', async () => {
    expect(await clary.run(['--version'])).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    });
    for (const args of [['--help'], ['keys', '--help'], ['help', 'keys']])
      expect(await clary.run(args)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('a command that is called wrongly', () => {
  it.each([
    [['keys'], 'Usage: clary keys'],
    [['nothing'], "unknown command 'nothing'"],
    [['keys', 'create', '--name', 'A'], "required option '--permissions <list>' not specified"],
    [['keys', 'create', '--name', '', '--permissions', '*'], '--name: must have 1 to 100'],
    [['keys', 'list', '--status', 'old'], '--status: '],
    [['keys', 'rotate', 'key_x', '--grace-period', '8d'], '--grace-period: '],
    [['audit', 'prune', '--before', 'yesterday'], 'It must be a date'],
  ])('ends with 2 and says what is wrong: %j', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await clary.run(args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });

  it('ends with 1 for what is not there', async () => {
    const { exitCode, stderr } = await clary.run(['keys', 'show', 'key_0000000000000000']);
    expect([exitCode, stderr]).toEqual([
      1,
      'clary: There is no key with this id: see `clary keys list`.\n',
    ]);
  });

  it('says so as JSON where that was asked for', async () => {
    const { stdout, stderr } = await clary.run(['keys', 'show', 'key_x', '--json']);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not_found' } });
  });

  it('says it as JSON as well, once and whole', async () => {
    const { exitCode, stdout, stderr } = await clary.run(['keys', 'create', '--json']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } });
  });

  it('repeats no key that was given where none belongs', async () => {
    const { key } = await createKey(await createAccount());
    for (const args of [
      [key],
      ['token', 'mint', '--expires-in', key],
      ['keys', 'create', '--name', 'x', '--permissions', key],
      ['keys', 'show', key, '--json'],
    ])
      expect((await clary.run(args)).stderr).not.toContain(key.slice(27));
  });

  it('names the variable that is no URL, and not what it holds', async () => {
    const variables = { DATABASE_URL: 'postgres://u:hidden%zzword@h/x' };
    const { exitCode, stderr } = await clary.run(['keys', 'list'], { variables });
    expect([exitCode, stderr.startsWith('clary: DATABASE_URL: is not a URL')]).toEqual([1, true]);
    expect(stderr).not.toContain('hidden');
  });

  it('says that the database is away, and not where its password is', async () => {
    const variables = { DATABASE_URL: 'postgres://clary:hidden-word@127.0.0.1:9/clary' };
    const { exitCode, stderr } = await clary.run(['keys', 'list'], { variables });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The database cannot be reached (ECONNREFUSED)');
    expect(stderr).not.toContain('hidden-word');
  });
});
