import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import { authEntities } from '../src/index.js';
import { AnnounceChanges1764000700000 } from '../src/migrations/1764000700000-announce-changes.js';
import { authMigrations } from '../src/migrations/index.js';
import { PATIENCE } from './patience.js';

const END = 'end of what a test did';

let database: ScratchDatabase;
let migrations: DataSource;
let listener: pg.Client;
let writer: pg.Client;
let heard: string[] = [];

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
}

beforeAll(async () => {
  database = await createScratchDatabase();
  migrations = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: authEntities,
    migrations: authMigrations,
  });
  await migrations.initialize();
  await migrations.runMigrations();
  listener = await connected();
  listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
  await listener.query('LISTEN auth_changes');
  writer = await connected();
});

afterAll(async () => {
  await Promise.all([listener.end(), writer.end(), migrations.destroy()]);
  await database.drop();
});

type Told = '*' | string[];

/** What is told of the statements: each notice by itself, its names in order. */
async function toldOf(...statements: string[]): Promise<Told[]> {
  heard = [];
  for (const statement of statements) await writer.query(statement);
  // Notices arrive in the order of commits: what was told comes before this one.
  await writer.query(`SELECT pg_notify('auth_changes', '${END}')`);
  await vi.waitFor(() => expect(heard).toContain(END), PATIENCE);
  return heard
    .slice(0, heard.indexOf(END))
    .map((payload) => (payload === '*' ? '*' : (JSON.parse(payload) as string[]).sort()));
}

/** Rows of keys by SQL, as an operator writes them by hand; `id` and `account` are expressions over `n`. */
const keysSql = (count: number, id = `'key_' || n`, account = `'acct_a'`): string => `
  INSERT INTO auth_api_keys (id, account_id, name, environment, tier, permissions, methods, verifier_scheme, verifier,
    sealed_digest, lineage_id, lineage_created_at, source, created_at)
  SELECT ${id}, ${account}, 'Test', 'development', 'lite', '{}', '{jwt}', 'v1', '', '', ${id}, now(), 'api', now()
  FROM generate_series(1, ${count}) n`;

const accountsSql = (...ids: string[]): string => `
  INSERT INTO auth_accounts (id, name, tier) VALUES ${ids.map((id) => `('${id}', 'Test', 'lite')`).join(', ')}`;

describe('the database tells of changes', () => {
  beforeEach(async () => {
    await toldOf(
      'ROLLBACK',
      'RESET search_path',
      'TRUNCATE auth_api_keys, auth_accounts',
      accountsSql('acct_a', 'acct_b'),
      keysSql(2),
    );
  });

  it.each([
    ['a key that is made', keysSql(1, `'key_new'`), ['@acct_a', 'key_new']],
    [
      'a key that is changed',
      `UPDATE auth_api_keys SET revoked_at = now() WHERE id = 'key_1'`,
      ['@acct_a', 'key_1'],
    ],
    ['a key that is gone', `DELETE FROM auth_api_keys WHERE id = 'key_2'`, ['@acct_a', 'key_2']],
    ['several keys', `UPDATE auth_api_keys SET tier = 'standard'`, ['@acct_a', 'key_1', 'key_2']],
    ['an account that is made', accountsSql('acct_new'), ['@acct_new', 'acct_new']],
    [
      'an account that is changed',
      `UPDATE auth_accounts SET status = 'suspended' WHERE id = 'acct_a'`,
      ['@acct_a', 'acct_a'],
    ],
    [
      'an account that is gone',
      `DELETE FROM auth_accounts WHERE id = 'acct_b'`,
      ['@acct_b', 'acct_b'],
    ],
    [
      'a key whose id is changed: both',
      `UPDATE auth_api_keys SET id = 'key_other' WHERE id = 'key_1'`,
      ['@acct_a', 'key_1', 'key_other'],
    ],
    [
      'a key that is given to another account: both accounts',
      `UPDATE auth_api_keys SET account_id = 'acct_b' WHERE id = 'key_1'`,
      ['@acct_a', '@acct_b', 'key_1'],
    ],
    [
      'an account whose id is changed: both',
      `UPDATE auth_accounts SET id = 'acct_c' WHERE id = 'acct_b'`,
      ['@acct_b', '@acct_c', 'acct_b', 'acct_c'],
    ],
    [
      'two keys that change places',
      `UPDATE auth_api_keys SET tier = CASE id WHEN 'key_1' THEN 'standard' ELSE 'lite' END`,
      ['@acct_a', 'key_1'],
    ],
    [
      'an id of any characters',
      keysSql(1, `$$it's "quoted" \\ \u00fc$$`),
      ['@acct_a', `it's "quoted" \\ \u00fc`],
    ],
  ])('of %s', async (_, statement, names) => {
    expect(await toldOf(statement)).toEqual([names]);
  });

  it.each([
    ...[
      'environment',
      'tier',
      'permissions',
      'methods',
      'verifier_scheme',
      'verifier',
      'sealed_digest',
      'allowed_ips',
      'rate_limit',
      'expires_at',
      'disabled_at',
      'revoked_at',
      'tokens_not_before',
      'lineage_id',
      'lineage_created_at',
      'created_at',
    ].map((column) => ['auth_api_keys', column] as const),
    ...['tier', 'status'].map((column) => ['auth_accounts', column] as const),
  ])('of %s where %s is another', async (table, column) => {
    const others: Record<string, string> = {
      environment: `'staging'`,
      tier: `'standard'`,
      permissions: `'{a:b}'`,
      methods: `'{api_key}'`,
      verifier: `'x'`,
      sealed_digest: `'x'`,
      allowed_ips: `'{192.0.2.1}'`,
      rate_limit: '1',
      status: `'suspended'`,
    };
    const value = others[column] ?? (column.endsWith('_at') ? `now() + '1 h'` : undefined);
    const other = value ?? (column === 'tokens_not_before' ? 'now()' : `'other'`);
    const told = await toldOf(`UPDATE ${table} SET ${column} = ${other}`);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['a name', `UPDATE auth_api_keys SET name = 'Other'`],
    ['metadata', `UPDATE auth_api_keys SET metadata = '{"a":1}', rotated_to = 'key_x'`],
    ['the name of an account', `UPDATE auth_accounts SET name = 'Other'`],
    ['what was so before', `UPDATE auth_api_keys SET tier = tier, revoked_at = revoked_at`],
    ['no row at all', `UPDATE auth_api_keys SET tier = 'standard' WHERE id = 'key_none'`],
    ['no row that goes', `DELETE FROM auth_api_keys WHERE id = 'key_none'`],
    ['an insert that finds its row', `${keysSql(1)} ON CONFLICT DO NOTHING`],
    ['an upsert of a name', `${keysSql(1)} ON CONFLICT (id) DO UPDATE SET name = 'Other'`],
  ])('but not of %s', async (_, statement) => {
    expect(await toldOf(statement)).toEqual([]);
  });

  it('of an upsert what it makes and what it changes', async () => {
    const upsert = `${keysSql(3)} ON CONFLICT (id) DO UPDATE SET tier = 'standard'
      WHERE auth_api_keys.id = 'key_2'`;
    const told = await toldOf(upsert);
    expect(told.flat().sort()).toEqual(['@acct_a', '@acct_a', 'key_2', 'key_3']);
  });

  it('of a column that is added later: whatever is not known to say nothing counts', async () => {
    await writer.query('ALTER TABLE auth_api_keys ADD COLUMN later integer');
    try {
      const statement = `UPDATE auth_api_keys SET later = 1 WHERE id = 'key_1'`;
      expect(await toldOf(statement)).toEqual([['@acct_a', 'key_1']]);
    } finally {
      await writer.query('ALTER TABLE auth_api_keys DROP COLUMN later');
    }
  });

  it.each([['TRUNCATE auth_api_keys'], ['TRUNCATE auth_accounts CASCADE']])(
    'of everything: %s',
    async (statement) => {
      expect(await toldOf(statement)).toEqual(['*']);
    },
  );

  it('of a hundred rows by name, and of one more without', async () => {
    await toldOf('DELETE FROM auth_api_keys');
    const names = Array.from({ length: 100 }, (_, at) => `key_${at + 1}`);
    const told = [['@acct_a', ...names].sort()];
    expect(await toldOf(keysSql(100))).toEqual(told);
    expect(await toldOf(`UPDATE auth_api_keys SET tier = 'standard'`)).toEqual(told);
    expect(await toldOf(`DELETE FROM auth_api_keys`)).toEqual(told);
    expect(await toldOf(keysSql(101))).toEqual(['*']);
    expect(await toldOf(`UPDATE auth_api_keys SET tier = 'standard'`)).toEqual(['*']);
    expect(await toldOf(`DELETE FROM auth_api_keys`)).toEqual(['*']);
  });

  it('without names where these are too long for a notice, which is no error of the statement', async () => {
    const fits = 'a'.repeat(3995);
    expect(await toldOf(accountsSql(fits))).toEqual([[`@${fits}`, fits]]);
    expect(await toldOf(accountsSql('a'.repeat(3996)))).toEqual(['*']);
    expect(await toldOf(accountsSql('ü'.repeat(2000)))).toEqual(['*']);
    expect(await toldOf(accountsSql('a'.repeat(100_000)))).toEqual(['*']);
    const long = `'key_' || repeat(n::text, 50)`;
    expect(await toldOf(keysSql(99, long))).toEqual(['*']);
    expect(await toldOf(`DELETE FROM auth_accounts WHERE length(id) > 100`)).toEqual(['*']);
  });

  it('at the end of a transaction, each once, and never of what was taken back', async () => {
    const change = `UPDATE auth_api_keys SET tier = 'standard' WHERE id = 'key_1'`;
    const back = `UPDATE auth_api_keys SET tier = 'lite' WHERE id = 'key_1'`;
    expect(await toldOf('BEGIN', change, 'ROLLBACK')).toEqual([]);
    expect(
      await toldOf(
        'BEGIN',
        'SAVEPOINT s',
        change,
        'ROLLBACK TO s',
        keysSql(1, `'key_3'`),
        'COMMIT',
      ),
    ).toEqual([['@acct_a', 'key_3']]);
    expect(
      await toldOf(
        'BEGIN',
        change,
        back,
        `UPDATE auth_accounts SET tier = 'standard' WHERE id = 'acct_b'`,
        'COMMIT',
      ),
    ).toEqual([
      ['@acct_a', 'key_1'],
      ['@acct_b', 'acct_b'],
    ]);
  });

  it('whatever the search path holds', async () => {
    await writer.query(`
      CREATE SCHEMA IF NOT EXISTS elsewhere;
      CREATE TABLE IF NOT EXISTS elsewhere.new_rows (id text);
      CREATE TABLE IF NOT EXISTS elsewhere.old_rows (id text);
      CREATE TABLE IF NOT EXISTS elsewhere.auth_api_keys (id text)`);
    const change = `UPDATE public.auth_api_keys SET tier = 'standard' WHERE id = 'key_1'`;
    for (const path of ['elsewhere', 'elsewhere, public', `''`]) {
      expect(await toldOf(`SET search_path = ${path}`, change)).toEqual([['@acct_a', 'key_1']]);
      await toldOf('RESET search_path', `UPDATE auth_api_keys SET tier = 'lite'`);
    }
  });

  it('until the migration is undone, which leaves nothing behind', async () => {
    const ours = `SELECT tgname AS name FROM pg_trigger WHERE tgname LIKE '%announced%'
      UNION SELECT proname FROM pg_proc WHERE proname LIKE '%announce%'`;
    expect(await database.query(ours)).toHaveLength(2 * 4 + 1);
    // Later ones go first.
    const { name } = new AnnounceChanges1764000700000();
    const last = async (): Promise<unknown> =>
      (await database.query<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC'))[0]
        ?.name;
    while ((await last()) !== name) await migrations.undoLastMigration();
    await migrations.undoLastMigration();
    expect(await database.query(ours)).toEqual([]);
    expect(await toldOf(`UPDATE auth_api_keys SET tier = 'standard'`)).toEqual([]);
    await migrations.runMigrations();
    expect(await toldOf(`UPDATE auth_api_keys SET tier = 'lite'`)).toHaveLength(1);
  });
});
