import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/index.js';
import { eventually, processColumn, processesOn, untilGone } from './support/processes.js';
import {
  canRunAs,
  isRoot,
  makeDataFolder,
  makeSandbox,
  ordinaryAccount,
  removeDataFolders,
  type Sandbox,
} from './support/sandbox.js';
import { Victim, type VictimOptions, type VictimSurroundings } from './support/victim-process.js';

const SOMEBODY = ordinaryAccount();
const WITHOUT_ACCOUNT = 54_321;
const KILLS = 20;

let sandbox: Sandbox;
const open: EmbeddedPostgres[] = [];
const victims: Victim[] = [];

async function start(
  ...[options]: Parameters<typeof startEmbeddedPostgres>
): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres(options);
  open.push(database);
  return database;
}

function startVictim(
  options: VictimOptions,
  surroundings?: VictimSurroundings,
  from = sandbox,
): Victim {
  const victim = new Victim(from, options, surroundings);
  victims.push(victim);
  return victim;
}

async function query<R extends pg.QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

function initFolders(dataDir: string): string[] {
  return readdirSync(dirname(dataDir)).filter((name) => name.includes('.init-'));
}

beforeAll(() => {
  sandbox = makeSandbox();
});

afterEach(async () => {
  for (const victim of victims.splice(0)) await victim.kill();
  for (const database of open.splice(0)) await database.stop();
});

afterAll(() => {
  sandbox.remove();
  removeDataFolders();
});

describe('an embedded PostgreSQL', () => {
  it('keeps its rows, its port and its password from the first start to the next', async () => {
    const dataDir = join(makeDataFolder(), 'deep', 'postgres');
    const told: string[] = [];
    const options = { dataDir, database: 'my "db"', log: (line: string) => told.push(line) };
    const first = await start(options);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await Promise.all([first.stop(), first.stop()]);
    expect(processesOn(dataDir)).toEqual([]);
    const second = await start(options);
    expect(second.url).toBe(first.url);
    expect(second).toMatchObject({ dataDir, adopted: false });
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(told.filter((line) => line.includes('Making a new database'))).toHaveLength(1);
    expect(told.join()).not.toContain(new URL(first.url).password);
  });

  it('listens on the loopback alone, syncs, and lets nobody in without the password', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const { url, pid } = await start({ dataDir });
    const [settings] = await query(
      url,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('fsync') AS fsync,
         current_setting('unix_socket_directories') AS sockets, pg_encoding_to_char(encoding) AS encoding,
         datlocprovider AS provider, datlocale AS locale FROM pg_database WHERE datname = 'postgres'`,
    );
    expect(settings).toEqual({
      listen: '127.0.0.1',
      fsync: 'on',
      sockets: '',
      encoding: 'UTF8',
      provider: 'b',
      locale: 'C.UTF-8',
    });
    const { password } = new URL(url);
    await expect(query(url.replace(password, 'guess'), 'SELECT 1')).rejects.toThrow(/password/);
    await expect(query(url.replace(`:${password}`, ''), 'SELECT 1')).rejects.toThrow();
    expect(processColumn(pid, 'args')).not.toContain(password);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'superuser.password')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'server.log'), 'utf8')).not.toContain(password);
  });

  it('takes another port when its own is taken', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const first = await start({ dataDir });
    await first.stop();
    const port = Number(new URL(first.url).port);
    const squatter = createServer().listen(port, '127.0.0.1');
    try {
      const second = await start({ dataDir });
      expect(new URL(second.url).port).not.toBe(String(port));
      expect(await answers(second.url)).toBe(true);
    } finally {
      squatter.close();
    }
  });

  it('is started again on the same url when it dies, however it dies', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const told: string[] = [];
    const database = await start({ dataDir, log: (line) => told.push(line) });
    const { url } = database;
    const before = database.pid;
    process.kill(before, 'SIGKILL');
    await eventually(async () => database.pid !== before && (await answers(url)));
    expect(told.join('\n')).toMatch(/ended by itself \(status 137\)/);
    // The watchdog goes, and takes the server with it rather than leave it unguarded.
    const second = database.pid;
    process.kill(Number(processColumn(second, 'ppid')), 'SIGKILL');
    await eventually(async () => database.pid !== second && (await answers(url)));
    await database.stop();
    await untilGone(dataDir);
  });

  it('can be stopped while it waits to start again', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const told: string[] = [];
    const database = await start({ dataDir, log: (line) => told.push(line) });
    process.kill(database.pid, 'SIGINT');
    await eventually(() => told.some((line) => line.includes('ended by itself')));
    await database.stop();
    expect(processesOn(dataDir)).toEqual([]);
    expect(told.join()).not.toContain('runs again');
  });

  it('can be stopped while it starts again', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const database = await start({ dataDir });
    process.kill(database.pid, 'SIGKILL');
    await untilGone(dataDir);
    await eventually(() => processesOn(dataDir).length > 0);
    await database.stop();
    expect(processesOn(dataDir)).toEqual([]);
  });

  it('survives a log that throws', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const log = () => {
      throw new Error('the disk of the log is full');
    };
    const database = await start({ dataDir, log });
    const before = database.pid;
    process.kill(before, 'SIGKILL');
    await eventually(async () => database.pid !== before && (await answers(database.url)));
  });

  it('does not take a stranger with the id in postmaster.pid for its server', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const first = await start({ dataDir });
    const { uid, gid } = statSync(dataDir);
    await first.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot && { uid, gid }) });
    try {
      const file = join(dataDir, 'postmaster.pid');
      writeFileSync(file, `${stranger.pid}\n${dataDir}\n1700000000\n25432\n\n127.0.0.1\n\nready\n`);
      const second = await start({ dataDir });
      expect(await answers(second.url)).toBe(true);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });
});

describe('a process that dies', () => {
  it(`loses no confirmed row and leaves no server behind, ${KILLS} times`, async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const confirmed = new Set<unknown>();
    for (let kill = 0; kill < KILLS; kill++) {
      const victim = startVictim({ dataDir, mode: 'write' });
      await victim.event('ready');
      await eventually(() => victim.all('row').length > 20 + 3 * kill);
      await victim.kill();
      for (const { id } of victim.all('row')) confirmed.add(id);
      // Every second time the next start comes at once, while the server is still going down.
      if (kill % 2 === 0) await untilGone(dataDir);
    }
    await untilGone(dataDir);
    const { url } = await start({ dataDir });
    const rows = await query<{ id: string }>(url, 'SELECT id FROM rows');
    const kept = new Set(rows.map(({ id }) => id));
    expect([...confirmed].filter((id) => !kept.has(String(id)))).toEqual([]);
    expect(confirmed.size).toBeGreaterThan(KILLS * 20);
  }, 120_000);

  it('takes the server along even when children of its live on', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const victim = startVictim({ dataDir, mode: 'with-child' });
    const child = Number((await victim.event('child')).child);
    try {
      await victim.event('ready');
      await victim.kill();
      await untilGone(dataDir);
      expect(() => process.kill(child, 0)).not.toThrow();
    } finally {
      process.kill(child, 'SIGKILL');
    }
  });

  it('in the middle of the first start leaves nothing that the next one minds', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const victim = startVictim({ dataDir });
    await eventually(() =>
      initFolders(dataDir).some((name) =>
        existsSync(join(dirname(dataDir), name, 'cluster', 'global')),
      ),
    );
    await victim.kill();
    expect(existsSync(dataDir)).toBe(false);
    expect(initFolders(dataDir)).toHaveLength(1);
    await untilGone(dataDir);
    const { url } = await start({ dataDir });
    expect(await answers(url)).toBe(true);
    expect(initFolders(dataDir)).toEqual([]);
  });

  it('need not stop the server, which does not keep it alive', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const victim = startVictim({ dataDir, mode: 'end' });
    await victim.event('leaving');
    expect(await victim.exited).toBe(0);
    await untilGone(dataDir);
  });

  it('by Ctrl-C still has its server, and stops it when it is done', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const victim = startVictim({ dataDir });
    const { pid } = await victim.event('ready');
    expect(Number(processColumn(Number(pid), 'pgid'))).not.toBe(victim.pid);
    victim.interruptGroup();
    await victim.event('answered');
    await victim.event('stopped');
    expect(await victim.exited).toBe(0);
    await untilGone(dataDir);
    expect(readFileSync(join(dataDir, 'server.log'), 'utf8')).toMatch(
      /received fast shutdown[^]*database system is shut down\n$/,
    );
  });
});

describe('a second start on the same folder', () => {
  it('is refused, or adopts the server and leaves it running', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const victim = startVictim({ dataDir });
    const { url, pid } = await victim.event('ready');
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'already_running' });
    const adopted = await start({ dataDir, whenRunning: 'adopt' });
    expect(adopted).toMatchObject({ url, pid, adopted: true });
    await adopted.stop();
    expect(await answers(adopted.url)).toBe(true);
  });

  it('at the same moment lets exactly one win', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const two = [startVictim({ dataDir }), startVictim({ dataDir })];
    const outcomes = await Promise.all(two.map((victim) => victim.outcome()));
    expect(outcomes.map(({ event }) => event).sort()).toEqual(['failed', 'ready']);
    expect(outcomes.find(({ event }) => event === 'failed')).toMatchObject({
      code: 'already_running',
    });
    const winner = outcomes.find(({ event }) => event === 'ready');
    expect(await answers(String(winner?.url))).toBe(true);
    expect(initFolders(dataDir)).toEqual([]);
  });

  it('at the same moment may also share the one server', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    const [one, two] = await Promise.all([
      start({ dataDir, whenRunning: 'adopt' }),
      start({ dataDir, whenRunning: 'adopt' }),
    ]);
    expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
    expect(one.url).toBe(two.url);
  });
});

describe('a process without a free file descriptor', () => {
  it('gets an error, and lives on', () => {
    const script = `
      import { openSync } from 'node:fs';
      import { startGuarded } from './watchdog.js';
      console.log('begin');
      try {
        for (;;) openSync('/dev/null');
      } catch {}
      try {
        startGuarded({ command: '/bin/true', args: [], user: undefined, log: '/dev/null' });
      } catch (error) {
        console.log(error.code);
      }
      setTimeout(() => console.log('alive'), 100);`;
    const file = join(sandbox.folder, 'starved.js');
    writeFileSync(file, script);
    const limited = ['-c', 'ulimit -n 100; exec "$0" "$1"', process.execPath, file];
    const told = execFileSync('/bin/sh', limited, { encoding: 'utf8' });
    expect(told).toBe('begin\nstart_failed\nalive\n');
  });
});

describe('a folder that cannot be used', () => {
  it('is refused with a sentence, and nothing in it is touched', async () => {
    const parent = makeDataFolder();
    const file = join(parent, 'file');
    writeFileSync(file, 'text');
    const foreign = join(parent, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'letter.txt'), 'text');
    for (const dataDir of [file, foreign, join(file, 'below')]) {
      await expect(start({ dataDir })).rejects.toMatchObject({ code: 'unusable_folder' });
    }
    expect(readdirSync(foreign)).toEqual(['letter.txt']);
    const old = join(parent, 'old');
    mkdirSync(old);
    writeFileSync(join(old, 'PG_VERSION'), '13\n');
    await expect(start({ dataDir: old })).rejects.toMatchObject({ code: 'wrong_version' });
    expect(readdirSync(old)).toEqual(['PG_VERSION']);
    expect(readdirSync(parent).sort()).toEqual(['file', 'foreign', 'old']);
  });

  it('is taken when it is empty', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    mkdirSync(dataDir);
    const { url } = await start({ dataDir });
    expect(await answers(url)).toBe(true);
  });

  it('names the last lines of the log when PostgreSQL refuses', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    await (await start({ dataDir })).stop();
    writeFileSync(join(dataDir, 'postgresql.conf'), 'shared_buffers = lots\n', { flag: 'a' });
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('shared_buffers') as unknown,
    });
    expect(processesOn(dataDir)).toEqual([]);
  });
});

describe('library links that were never made', () => {
  function removeLinks(native: string): string[] {
    const list = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    const paths = list.map(({ target }) => join(dirname(native), target));
    for (const path of paths) rmSync(path);
    return paths;
  }

  it('are made', async () => {
    const own = makeSandbox({ ownBinaries: true });
    try {
      const paths = removeLinks(own.native);
      const dataDir = join(makeDataFolder(), 'postgres');
      await startVictim({ dataDir }, {}, own).event('ready');
      expect(paths.every((path) => lstatSync(path).isSymbolicLink())).toBe(true);
    } finally {
      for (const victim of victims.splice(0)) await victim.kill();
      own.remove();
    }
  });

  it.runIf(canRunAs(SOMEBODY?.uid))('are made in a copy where nothing may be written', async () => {
    const own = makeSandbox({ ownBinaries: true });
    const home = makeDataFolder(0o777);
    try {
      const paths = removeLinks(own.native);
      const dataDir = join(home, 'data', 'postgres');
      const surroundings = { ...SOMEBODY, env: { HOME: home } };
      await startVictim({ dataDir }, surroundings, own).event('ready');
      expect(paths.some((path) => existsSync(path))).toBe(false);
      expect(readdirSync(join(home, '.cache', 'embedded-postgres'))).toHaveLength(1);
    } finally {
      for (const victim of victims.splice(0)) await victim.kill();
      own.remove();
    }
  });
});

describe('as an ordinary user', () => {
  it.runIf(canRunAs(SOMEBODY?.uid))(
    'runs the server as that user, and root as the same',
    async () => {
      const home = makeDataFolder(0o777);
      const dataDir = join(home, 'data', 'postgres');
      const surroundings = { ...SOMEBODY, env: {} };
      const victim = startVictim({ dataDir }, surroundings);
      const { pid, url } = await victim.event('ready');
      expect(Number(processColumn(Number(pid), 'uid'))).toBe(SOMEBODY?.uid);
      await victim.kill();
      await untilGone(dataDir);
      // What root does must not lock the user out of the cluster.
      const asRoot = await start({ dataDir });
      expect(asRoot.url).toBe(url);
      expect(Number(processColumn(asRoot.pid, 'uid'))).toBe(SOMEBODY?.uid);
      await asRoot.stop();
      const again = startVictim({ dataDir }, surroundings);
      expect((await again.event('ready')).url).toBe(url);
    },
  );

  it.runIf(canRunAs(WITHOUT_ACCOUNT))('is told that it needs an account', async () => {
    const dataDir = join(makeDataFolder(0o777), 'postgres');
    const victim = startVictim(
      { dataDir },
      { uid: WITHOUT_ACCOUNT, gid: WITHOUT_ACCOUNT, env: {} },
    );
    expect((await victim.event('failed')).code).toBe('no_suitable_user');
    expect(readdirSync(dirname(dataDir))).toEqual([]);
  });

  it.runIf(canRunAs(SOMEBODY?.uid))('is told whose folder it is', async () => {
    const dataDir = join(makeDataFolder(), 'postgres');
    await (await start({ dataDir })).stop();
    const victim = startVictim({ dataDir }, { ...SOMEBODY, env: {} });
    const { code, message } = await victim.event('failed');
    expect(code).toBe('unusable_folder');
    expect(message).toMatch(/belongs to uid .* Run this program as root, not as /);
  });

  it.runIf(canRunAs(SOMEBODY?.uid))('is told who may pass to a folder it cannot see', async () => {
    const parent = makeDataFolder();
    const dataDir = join(parent, 'postgres');
    await (await start({ dataDir })).stop();
    chmodSync(parent, 0o700);
    const victim = startVictim({ dataDir }, { ...SOMEBODY, env: {} });
    const { code, message } = await victim.event('failed');
    expect(code).toBe('unusable_folder');
    expect(message).toContain(`${parent} is closed. Run this program as root`);
  });
});

describe('as root', () => {
  it.runIf(isRoot)('runs the server as nobody, without root groups or environment', async () => {
    const parent = makeDataFolder();
    const secret = join(parent, 'master.key');
    writeFileSync(secret, 'secret', { mode: 0o600 });
    const { pid } = await start({ dataDir: join(parent, 'postgres') });
    const uid = Number(processColumn(pid, 'uid'));
    expect(uid).not.toBe(0);
    expect(statSync(secret).uid).toBe(0);
    expect(statSync(parent).uid).toBe(0);
    if (process.platform !== 'linux') return;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).not.toMatch(/^[UG]id:.*\b0\b/m);
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('HOME=');
  });

  it.runIf(isRoot)('works below a folder that only root can enter', async () => {
    const own = makeSandbox({ ownBinaries: true });
    try {
      chmodSync(own.folder, 0o700);
      const dataDir = join(makeDataFolder(0o700), 'postgres');
      const victim = startVictim({ dataDir, mode: 'write' }, {}, own);
      const { dataDir: place, pid } = await victim.event('ready');
      expect(place).toBe(readlinkSync(dataDir));
      expect(Number(processColumn(Number(pid), 'uid'))).not.toBe(0);
      const told = victim.all('log').map(({ message }) => String(message));
      expect(told.some((line) => line.includes(`lies in ${String(place)}`))).toBe(true);
      await victim.event('row');
      await victim.kill();
      const again = startVictim({ dataDir }, {}, own);
      const { url, dataDir: same } = await again.event('ready');
      expect(same).toBe(place);
      expect(await query(String(url), 'SELECT id FROM rows LIMIT 1')).toHaveLength(1);
      await again.kill();
      await untilGone(String(place));
    } finally {
      own.remove();
    }
  });

  it.runIf(isRoot)('does not begin anew when the place of a moved database is gone', async () => {
    const dataDir = join(makeDataFolder(0o700), 'postgres');
    const first = await start({ dataDir });
    await first.stop();
    rmSync(first.dataDir, { recursive: true });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'unreachable_folder' });
    rmSync(dataDir);
  });

  it.runIf(isRoot)('leaves a cluster alone that became unreachable', async () => {
    const parent = makeDataFolder();
    const dataDir = join(parent, 'postgres');
    await (await start({ dataDir })).stop();
    chmodSync(parent, 0o700);
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'unreachable_folder' });
    expect(lstatSync(dataDir).isDirectory()).toBe(true);
  });
});
