import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateMasterKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { TestCommandLine } from '../support/command-line.js';
import {
  ACCOUNT,
  generateKey,
  writeConfigFile,
  type GeneratedKey,
} from '../support/config-file.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { claims, mint } from '../support/tokens.js';

const masterKeys = generateMasterKey();

let folder: string;
let file: string;
let database: ScratchDatabase;
let clary: TestCommandLine;
let api: TestApi;
let first: GeneratedKey;
let second: GeneratedKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clary-config-'));
  file = join(folder, 'clary.config.yaml');
  database = await createScratchDatabase();
  clary = new TestCommandLine(
    { DATABASE_URL: database.url, CLARY_MASTER_KEYS: masterKeys },
    database,
  );
  first = await generateKey(clary);
  second = await generateKey(clary, '--tier', 'lite');
  await writeConfigFile(file, { revision: 1, keys: [first.entry] });
  api = await startWithFile();
});
afterAll(async () => {
  await api.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function startWithFile(): Promise<TestApi> {
  const variables = { CLARY_MASTER_KEYS: masterKeys, CLARY_CONFIG: file };
  const started = await startTestApi({ database, variables });
  for (const { key } of [first, second]) started.knowKey(key);
  return started;
}

const statusOf = async (credential: string): Promise<number> =>
  (await api.request('GET', '/v1/me', { credential })).status;

const asAdmin = async <Body>(method: string, path: string, json?: object): Promise<Body> => {
  const options = { credential: api.adminKey, ...(json && { json }) };
  return (await (await api.request(method, path, options)).json()) as Body;
};

const keyOf = ({ entry }: GeneratedKey) => asAdmin<object>('GET', `/v1/api-keys/${entry.id}`);

const lastLine = (text: string): string =>
  api.log.filter((line) => line.includes(text)).at(-1) ?? '';

// The stories follow each other, as the revisions of one file do.
describe('a configuration file', () => {
  it('is applied at start: its key works, by itself and by what it signs', async () => {
    expect(await statusOf(first.key)).toBe(200);
    const token = mint(first.key, claims('user_7'), { kid: first.entry.id });
    expect(await statusOf(token)).toBe(200);
    expect(await keyOf(first)).toMatchObject({ source: 'config', tier: 'standard' });
    expect(lastLine('is applied')).toContain('"revision":1,"added":2,"changed":0,"revoked":0');
  });

  it('is applied again on SIGHUP: what is new is made, what differs is changed', async () => {
    const renamed = { ...first.entry, name: 'Renamed', expires_at: '2999-01-01T00:00:00Z' };
    await writeConfigFile(file, { revision: 2, keys: [renamed, second.entry] });
    await api.reload();
    expect(await statusOf(second.key)).toBe(200);
    expect(await keyOf(first)).toMatchObject({
      name: 'Renamed',
      expires_at: '2999-01-01T00:00:00.000Z',
    });
    expect(lastLine('is applied')).toContain('"revision":2,"added":1,"changed":1,"revoked":0');
  });

  it('puts back what was changed elsewhere, but leaves switched off what somebody switched off', async () => {
    const path = `/v1/api-keys/${second.entry.id}`;
    await asAdmin('PATCH', path, { name: 'Other', status: 'disabled' });
    await api.reload();
    expect(await keyOf(second)).toMatchObject({ name: 'Importer', status: 'disabled' });
    await asAdmin('PATCH', path, { status: 'active' });
  });

  it('leaves keys alone that were made elsewhere', async () => {
    const { key } = await api.issueKey();
    await api.reload();
    expect(await statusOf(key)).toBe(200);
    expect(await statusOf(api.adminKey)).toBe(200);
  });

  it('revokes what is gone from it, for good', async () => {
    await writeConfigFile(file, { revision: 3, accounts: [], keys: [first.entry] });
    await api.reload();
    expect([await statusOf(first.key), await statusOf(second.key)]).toEqual([200, 401]);
    await writeConfigFile(file, { revision: 4, keys: [first.entry, second.entry] });
    await api.reload();
    expect(await statusOf(second.key)).toBe(401);
    expect(lastLine('is revoked for good')).toContain('keys[1].id');
  });

  it('writes every change into the audit log, as its own', async () => {
    const { data } = await asAdmin<{ data: object[] }>(
      'GET',
      `/v1/audit-events?account_id=${ACCOUNT.id}&key_id=${second.entry.id}`,
    );
    const actions = data.map((event) => event as { action: string; actor: { type: string } });
    expect(actions.filter(({ actor }) => actor.type === 'config')).toMatchObject([
      { action: 'api_key.revoked' },
      { action: 'api_key.updated' },
      { action: 'api_key.created' },
    ]);
  });

  it('is not applied when its revision is lower, and says so', async () => {
    await writeConfigFile(file, { revision: 3, keys: [] });
    await api.reload();
    expect(await statusOf(first.key)).toBe(200);
    expect(lastLine('is lower than 4')).toContain('"level":"warn"');
    expect(await clary.run(['config', 'apply', file])).toMatchObject({ exitCode: 1 });
  });

  it('is refused when its revision was applied with other content', async () => {
    await writeConfigFile(file, { revision: 4, keys: [] });
    await api.reload();
    expect(await statusOf(first.key)).toBe(200);
    expect(lastLine('with other content')).toContain(`${file}:5:1: revision: was applied already`);
  });

  it('is refused with the place of all that is wrong, and nothing of it is applied', async () => {
    const text = `revision: 5
accounts:
  - id: ${ACCOUNT.id}
    name: Example Ltd
    tier: gold
keys:
  - id: key_short
    unknown: 1
`;
    await writeFile(file, text);
    await api.reload();
    const line = JSON.parse(lastLine('is not applied')) as { level: string; msg: string };
    expect(line.level).toBe('error');
    expect(line.msg).toContain(`${file}:5:5: accounts[0].tier: `);
    expect(line.msg).toContain(`${file}:7:5: keys[0].id: `);
    expect(line.msg).toContain(`${file}:8:5: keys[0].unknown: is not known here`);
    expect(await statusOf(first.key)).toBe(200);
  });

  it('is refused when it names a key that was made elsewhere', async () => {
    const { record } = await api.issueKey();
    const stolen = { ...first.entry, id: record.id };
    await writeConfigFile(file, { revision: 5, keys: [first.entry, stolen] });
    const { exitCode, stderr } = await clary.run(['config', 'plan', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('keys[1].id: is a key that was not made by this file');
  });

  it('stops the start when it is wrong, and where it is missing', async () => {
    await writeFile(file, 'revision: x\n');
    await expect(startWithFile()).rejects.toThrow(`${file}:1:1: revision: `);
    const variables = { CLARY_MASTER_KEYS: masterKeys, CLARY_CONFIG: join(folder, 'none.yaml') };
    await expect(startTestApi({ database, variables })).rejects.toThrow(
      /^CLARY_CONFIG: .*none\.yaml cannot be read \(ENOENT\)\.$/,
    );
  });

  it('is applied once by replicas that start at once', async () => {
    const third = await generateKey(clary);
    await writeConfigFile(file, { revision: 6, keys: [first.entry, third.entry] });
    const replicas = await Promise.all([startWithFile(), startWithFile()]);
    for (const replica of replicas) replica.knowKey(third.key);
    const events = await database.query(
      `SELECT id FROM auth_audit_events WHERE action = 'api_key.created' AND target ->> 'id' = $1`,
      [third.entry.id],
    );
    expect(events).toHaveLength(1);
    expect(await statusOf(third.key)).toBe(200);
    await Promise.all(replicas.map((replica) => replica.stop()));
  });

  it('has its plan shown, and is applied, by the command line', async () => {
    const fourth = await generateKey(clary);
    api.knowKey(fourth.key);
    await writeConfigFile(file, {
      revision: 7,
      keys: [{ ...first.entry, allowed_ips: ['192.0.2.7'] }, fourth.entry],
    });
    const planned = await clary.run(['config', 'plan', file]);
    expect(planned.stdout).toContain(
      `+ ${fourth.entry.id} "Importer" (${ACCOUNT.id}, development)`,
    );
    expect(planned.stdout).toContain('    allowed_ips: null → ["192.0.2.7"]\n');
    expect(planned.stdout).toContain('Revision 7: 1 to add, 1 to change, 1 to revoke.\n');
    expect([await statusOf(first.key), await statusOf(fourth.key)]).toEqual([200, 401]);
    const applied = await clary.run(['config', 'apply', file]);
    expect(applied.stdout).toContain('Revision 7: 1 added, 1 changed, 1 revoked.\n');
    expect([await statusOf(first.key), await statusOf(fourth.key)]).toEqual([401, 200]);
    expect((await clary.run(['config', 'plan', file])).stdout).toBe(
      'Revision 7: the database is as the file says.\n',
    );
  });

  it('has a schema for editors, which knows every member of an entry', async () => {
    const schema = await clary.json<{
      properties: { keys: { items: { properties: object; required: string[] } } };
    }>(['config', 'schema']);
    const { properties, required } = schema.properties.keys.items;
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(first.entry)));
    expect(required).toEqual(
      expect.arrayContaining(['id', 'account', 'verifier', 'sealed_digest']),
    );
  });
});

describe('a key for the file', () => {
  it('stands alone on stdout, and its entry holds nothing of it', async () => {
    const args = ['keys', 'generate', '--account', ACCOUNT.id, '--name', 'A', '--permissions', '*'];
    const { stdout, stderr } = await clary.run(args);
    expect(stdout).toMatch(/^clary_dev_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\n$/);
    expect(stderr).toContain(`  - id: key_${stdout.split('_')[2]}\n    account: ${ACCOUNT.id}\n`);
    expect(stderr).not.toContain(stdout.trim().slice(27));
  });

  it('belongs to an account that can be one', async () => {
    const args = ['keys', 'generate', '--account', 'acct_1', '--name', 'A', '--permissions', '*'];
    const { exitCode, stderr } = await clary.run(args);
    expect([exitCode, stderr]).toEqual([
      2,
      'clary: --account: must be acct_ and 16 letters or digits.\n',
    ]);
  });

  it('needs the master key and no database', async () => {
    const variables = { DATABASE_URL: 'postgres://127.0.0.1:9/none' };
    const args = ['keys', 'generate', '--account', ACCOUNT.id, '--name', 'A', '--permissions', '*'];
    expect((await clary.run(args, { variables })).exitCode).toBe(0);
    const without = { ...variables, CLARY_MASTER_KEYS: '', CLARY_ENVIRONMENT: 'production' };
    const refused = await clary.run(args, { variables: without });
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('Set CLARY_MASTER_KEYS');
  });
});
