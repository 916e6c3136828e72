import { generateMasterKey } from '@clary/nestjs-auth';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestCommandLine } from '../support/command-line.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string | null;
}

let database: ScratchDatabase;
let dataDir: string;
let clary: TestCommandLine;
const masterKeys = generateMasterKey();

async function examine(variables: Record<string, string> = {}) {
  const { exitCode, stdout } = await clary.run(['doctor', '--json'], { variables });
  const { checks } = JSON.parse(stdout) as { checks: Finding[] };
  return { exitCode, of: (name: string) => checks.find((check) => check.name === name), stdout };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The database behind a stand-in that passes on what is asked, and of the answers what is let through. */
function standIn(url: URL, letThrough: (chunk: Buffer) => boolean): Server {
  return createServer((near) => {
    const far = connect(Number(url.port || 5432), url.hostname);
    near.pipe(far);
    far.on('data', (chunk) => letThrough(chunk) && near.write(chunk));
    near.on('close', () => far.destroy()).on('error', () => undefined);
    far.on('close', () => near.destroy()).on('error', () => undefined);
  });
}

async function through<Result>(server: Server, work: (url: string) => Promise<Result>) {
  const url = new URL(database.url);
  url.host = `127.0.0.1:${await listening(server)}`;
  try {
    return await work(url.href);
  } finally {
    server.close();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

const hasRedis = await answers(6379);

beforeAll(async () => {
  database = await createScratchDatabase();
  await new TestCommandLine({
    DATABASE_URL: database.url,
    CLARY_MASTER_KEYS: masterKeys,
  }).json(['accounts', 'create', '--name', 'Example Ltd', '--tier', 'standard']);
});

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'clary-doctor-'));
  clary = new TestCommandLine({
    DATABASE_URL: database.url,
    CLARY_MASTER_KEYS: masterKeys,
    DATA_DIR: dataDir,
  });
  return () => rm(dataDir, { recursive: true });
});

afterAll(() => database.drop());

describe('clary doctor', () => {
  it('finds nothing wrong with an installation that is right, and says what is missing', async () => {
    const { exitCode, of } = await examine();
    expect(exitCode).toBe(0);
    for (const name of ['Variables', 'Data folder', 'Database', 'Migrations', 'Clock', 'Channel'])
      expect(of(name)).toMatchObject({ status: 'ok', remedy: null });
    expect(of('Redis')?.status).toBe('skipped');
    expect(of('Admin key')).toMatchObject({ status: 'warning' });
    expect(of('Admin key')?.remedy).toContain('keys create');
  });

  it('changes nothing, not even an empty database', async () => {
    const empty = await createScratchDatabase();
    const { of } = await examine({ DATABASE_URL: empty.url });
    expect(of('Migrations')?.status).toBe('warning');
    expect(await empty.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    expect(await readdir(dataDir)).toEqual([]);
    await empty.drop();
  });

  it('names all the wrong variables and makes the checks that need none', async () => {
    const { exitCode, of } = await examine({ PORT: 'x', LOG_LEVEL: 'loud' });
    expect(exitCode).toBe(1);
    expect(of('Variables')?.message).toMatch(/PORT: .*LOG_LEVEL: /);
    expect(of('Node.js')?.status).toBe('ok');
    expect(of('Database')?.status).toBe('skipped');
  });

  it('minds a file of a secret that others may read', async () => {
    const file = join(dataDir, 'keys');
    await writeFile(file, masterKeys, { mode: 0o600 });
    const variables = { CLARY_MASTER_KEYS: '', CLARY_MASTER_KEYS_FILE: file };
    expect((await examine(variables)).of('Variables')?.status).toBe('ok');
    await chmod(file, 0o644);
    expect((await examine(variables)).of('Variables')?.message).toContain(file);
  });

  it('minds a data folder that is missing, and one that others may change', async () => {
    expect((await examine({ DATA_DIR: join(dataDir, 'none') })).of('Data folder')?.status).toBe(
      'warning',
    );
    await chmod(dataDir, 0o777);
    expect((await examine()).of('Data folder')).toMatchObject({ status: 'failed' });
  });

  it('minds master keys that others may read, and in production those beside the database', async () => {
    await writeFile(join(dataDir, 'master-keys'), masterKeys, { mode: 0o644 });
    expect((await examine()).of('Data folder')?.message).toContain('mode 644');
    await chmod(join(dataDir, 'master-keys'), 0o600);
    expect((await examine()).of('Data folder')?.status).toBe('ok');
    const beside = await examine({ CLARY_MASTER_KEYS: '', CLARY_ENVIRONMENT: 'production' });
    expect(beside.of('Data folder')?.message).toContain('both at once');
  });

  it('says where a database is that is away, and never its password', async () => {
    const url = 'postgres://ada:hunter2@127.0.0.1:1/away';
    const { exitCode, of, stdout } = await examine({ DATABASE_URL: url });
    expect(exitCode).toBe(1);
    expect(of('Database')?.message).toContain('127.0.0.1:1/away');
    expect(of('Clock')?.status).toBe('skipped');
    expect(stdout).not.toContain('hunter2');
  });

  it('has an answer where the database has none', async () => {
    const silent = standIn(new URL(database.url), () => false);
    const { of } = await through(silent, (url) => examine({ DATABASE_URL: url }));
    expect(of('Database')?.status).toBe('failed');
  });

  it('notices a way to the database on which no notice arrives', async () => {
    // What a transaction pooler does to a connection that listens: messages of the type A are lost.
    const pooler = standIn(new URL(database.url), (chunk) => chunk[0] !== 0x41);
    const { alone, besides } = await through(pooler, async (url) => ({
      alone: await examine({ DATABASE_URL: url }),
      besides: await examine({ DATABASE_URL: url, DATABASE_LISTEN_URL: database.url }),
    }));
    expect(alone.of('Channel')).toMatchObject({ status: 'failed' });
    expect(alone.of('Channel')?.message).toContain('transaction pooler');
    expect(besides.of('Channel')?.status).toBe('ok');
  });

  it('notices a database that is newer than this software', async () => {
    await database.query("INSERT INTO migrations (timestamp, name) VALUES (1, 'Later1')");
    const { of } = await examine();
    await database.query("DELETE FROM migrations WHERE name = 'Later1'");
    expect(of('Migrations')).toMatchObject({ status: 'failed' });
    expect(of('Migrations')?.message).toContain('Later1');
  });

  it('notices another master key under a known version', async () => {
    await clary.run(
      ['keys', 'create', '--name', 'Admin', '--permissions', '*,admin'].concat(await account()),
    );
    expect((await examine()).of('Master keys')).toMatchObject({ status: 'ok' });
    expect((await examine()).of('Admin key')).toMatchObject({ status: 'ok' });
    const other = await examine({ CLARY_MASTER_KEYS: generateMasterKey() });
    expect(other.of('Master keys')?.message).toContain('version 1 is not the one');
    const without = await examine({ CLARY_MASTER_KEYS: generateMasterKey(2) });
    expect(without.of('Master keys')?.message).toMatch(/sealed under version 1, not configured/);
    expect(without.of('Master keys')?.status).toBe('failed');
  });

  it('asks Redis, and says so when it does not answer', async () => {
    const { of } = await examine({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' });
    expect(of('Redis')).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(of('Redis'))).not.toContain('hunter2');
    const frozen = createServer(() => undefined);
    const url = `redis://127.0.0.1:${await listening(frozen)}`;
    expect((await examine({ REDIS_URL: url })).of('Redis')?.status).toBe('failed');
    frozen.close();
  });

  it.runIf(hasRedis)('tells the version of a Redis that answers', async () => {
    const { of } = await examine({ REDIS_URL: 'redis://127.0.0.1:6379' });
    expect(of('Redis')).toMatchObject({ status: 'ok' });
    expect(of('Redis')?.message).toMatch(/^Redis \d+\.\d+/);
  });

  it('tells of an embedded database that was never made', async () => {
    const { of } = await examine({ DATABASE_URL: '' });
    expect(of('Database')).toMatchObject({ status: 'failed', remedy: '`npm start` makes it.' });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('writes a list for people, with counts at the end', async () => {
    const { stdout } = await clary.run(['doctor']);
    expect(stdout).toMatch(/^✓ Node\.js .*\n/);
    expect(stdout).toMatch(/\n\d+ ok, \d+ to look at, 0 failed, \d+ skipped\n$/);
  });
});

async function account(): Promise<string[]> {
  const { data } = await clary.json<{ data: { id: string }[] }>(['accounts', 'list']);
  return ['--account', data[0]?.id ?? ''];
}
