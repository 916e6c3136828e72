import {
  AccountService,
  ApiKeyService,
  generateMasterKey,
  parseMasterKeys,
} from '@clary/nestjs-auth';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { TestCommandLine } from '../support/command-line.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { claims, mint } from '../support/tokens.js';

const old = generateMasterKey(1);
const renewed = generateMasterKey(2);

/** More than one step of the work. */
const KEYS = 700;

interface Report {
  readonly version: number;
  readonly resealed: number;
  readonly left: Readonly<Record<string, number>>;
  readonly damaged: readonly string[];
}

let database: ScratchDatabase;
let keys: string[];

beforeAll(async () => {
  database = await createScratchDatabase();
  await withApi(old, async (api) => {
    const tier = 'professional';
    const { id: accountId } = await api.get(AccountService).create({ name: 'Many', tier });
    keys = [];
    for (let made = 0; made < KEYS; made += 1) {
      const request = { accountId, name: 'One of many', permissions: ['documents:read'] };
      keys.push((await api.get(ApiKeyService).issue(request)).key);
    }
  });
});
afterAll(() => database.drop());

async function withApi(masterKeys: string, work: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await startTestApi({ database, variables: { CLARY_MASTER_KEYS: masterKeys } });
  try {
    await work(api);
  } finally {
    await api.stop();
  }
}

const claryWith = (masterKeys: string): TestCommandLine =>
  new TestCommandLine({ DATABASE_URL: database.url, CLARY_MASTER_KEYS: masterKeys });

const reseal = (masterKeys: string): Promise<Report> =>
  claryWith(masterKeys).json<Report>(['master-key', 'reseal']);

/** Somebody who changes two keys, the later of them first, as a rotation may. */
async function lockTwo() {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const lock = (offset: number) =>
    client.query(
      `SELECT FROM auth_api_keys WHERE id = (SELECT id FROM auth_api_keys ORDER BY id DESC OFFSET ${offset} LIMIT 1) FOR UPDATE`,
    );
  await client.query('BEGIN');
  await lock(0);
  const end = () => client.query('COMMIT').then(() => client.end());
  return { lockTheOther: () => lock(1), end };
}

/** The answers to JWTs, each signed with the next key, until the work is done. */
async function statusesDuring(api: TestApi, work: Promise<unknown>): Promise<Set<number>> {
  const statuses = new Set<number>();
  const watched = work.then(() => true);
  const notYet = Promise.resolve(false);
  for (let next = 0; !(await Promise.race([watched, notYet])); next = (next + 37) % KEYS)
    statuses.add(await statusOf(api, keys[next] as string));
  return statuses;
}

async function statusOf(api: TestApi, key: string): Promise<number> {
  const kid = `key_${key.split('_')[2]}`;
  const credential = mint(key, claims('user_7'), { kid });
  return (await api.request('GET', '/v1/me', { credential })).status;
}

// The stories follow each other, as in the life of an installation.
describe('a master key that is replaced', () => {
  it('is not put to use while the running API does not know the new one', async () => {
    await withApi(old, async () => {
      for (const args of [
        ['master-key', 'reseal'],
        ['keys', 'create', '--name', 'A', '--permissions', '*', '--account', 'acct_x'],
      ]) {
        const { exitCode, stdout, stderr } = await claryWith(`${renewed},${old}`).run(args);
        expect([exitCode, stdout]).toEqual([1, '']);
        expect(stderr).toContain('start every replica with it first');
      }
    });
  });

  it('is not put to use either where the URL of the API names its sessions otherwise', async () => {
    const url = `${database.url}?application_name=billing`;
    const variables = { CLARY_MASTER_KEYS: old, DATABASE_URL: url };
    const api = await startTestApi({ database, variables });
    try {
      const { exitCode } = await claryWith(`${renewed},${old}`).run(['master-key', 'reseal']);
      expect(exitCode).toBe(1);
    } finally {
      await api.stop();
    }
  });

  it('leaves nothing behind that another key of its version could open', async () => {
    const { exitCode, stderr } = await claryWith(generateMasterKey(1)).run(['keys', 'list']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Master key version 1 is not the key that this database knows');
  });

  it('is replaced under load without one JWT that fails', async () => {
    await withApi(`${renewed},${old}`, async (api) => {
      const rotation = await lockTwo();
      const work = reseal(`${renewed},${old}`);
      setTimeout(() => void rotation.lockTheOther().then(rotation.end), 500);
      expect([...(await statusesDuring(api, work))]).toEqual([200]);
      expect(await work).toEqual({
        version: 2,
        resealed: KEYS + 1,
        skipped: 0,
        left: {},
        damaged: [],
      });
      expect(await statusOf(api, keys[0] as string)).toBe(200);
    });
  });

  it('is no longer missed once it seals nothing', async () => {
    await withApi(renewed, async (api) => {
      expect(await statusOf(api, keys[0] as string)).toBe(200);
      expect(api.log.join()).not.toContain('is missing');
    });
    expect(await reseal(renewed)).toMatchObject({ resealed: 0 });
  });

  it('leaves what it cannot open, and says what to do', async () => {
    const [first, second] = keys.map((key) => `key_${key.split('_')[2]}`);
    await database.query('UPDATE auth_api_keys SET sealed_digest = $2 WHERE id = $1', [
      first,
      Buffer.alloc(65, 1),
    ]);
    const [row] = await database.query<{ sealed_digest: Buffer }>(
      'SELECT sealed_digest FROM auth_api_keys WHERE id = $1',
      [second],
    );
    row?.sealed_digest.writeUInt32BE(1, 1);
    await database.query('UPDATE auth_api_keys SET sealed_digest = $2 WHERE id = $1', [
      second,
      row?.sealed_digest,
    ]);
    const { exitCode, stdout, stderr } = await claryWith(renewed).run(['master-key', 'reseal']);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('0 keys sealed anew under version 2\n');
    expect(stderr).toContain('version 16843009 is not configured');
    expect(stderr).toContain('1 left: master key version 1 is not configured');
    const together = await claryWith(`${renewed},${old}`).run(['master-key', 'reseal']);
    expect(together.stderr).toContain(`${second} left: its row was altered`);
  });
});

describe('a new master key', () => {
  it('has the version after the newest, and stands alone on stdout', async () => {
    const clary = claryWith(`${renewed},${old}`);
    const { stdout, stderr } = await clary.run(['master-key', 'generate']);
    expect(stdout).toMatch(/^3:[A-Za-z0-9+/]{43}=\n$/);
    expect(stderr).not.toContain(stdout.slice(2, 40));
  });

  it('is written before those in use, as the API takes them', async () => {
    const clary = claryWith(`${renewed},${old}`);
    const { stdout } = await clary.run(['master-key', 'generate', '--with-current']);
    const value = stdout.trim();
    expect(value.endsWith(`,${renewed},${old}`)).toBe(true);
    expect(parseMasterKeys(value).map(({ version }) => version)).toEqual([3, 2, 1]);
  });
});
