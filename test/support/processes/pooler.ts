import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { until } from './pause.js';

/** Milliseconds. */
const START_LIMIT = 10_000;

/** Who it runs as where the tests run as root, which it refuses: nobody, by Linux's number. */
const NOBODY = { name: 'nobody', uid: 65_534 };

/** The program, where there is one: Debian puts it where services are. */
export const PGBOUNCER: string | undefined = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
]
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path));

/** A PgBouncer that shares a few connections, handed from transaction to transaction. */
export class Pooler {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The database by way of it. */
    readonly url: string,
  ) {}

  /**
   * @param databaseUrl what it leads to
   * @param connections that it makes to it at most
   */
  static async start(databaseUrl: string, connections: number): Promise<Pooler> {
    if (PGBOUNCER === undefined) throw new Error('There is no pgbouncer here');
    const folder = await mkdtemp(join(tmpdir(), 'clary-pooler-'));
    await chmod(folder, 0o711);
    const port = await freePort();
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, configuration(new URL(databaseUrl), port, connections), { mode: 0o600 });
    const isRoot = userInfo().uid === 0;
    // The file holds the password, and is read after it has become another user.
    if (isRoot) await chown(file, NOBODY.uid, NOBODY.uid);
    const user = isRoot ? ['-u', NOBODY.name] : [];
    const child = spawn(PGBOUNCER, ['-q', ...user, file], { stdio: 'ignore' });
    process.once('exit', () => child.kill('SIGKILL'));
    await until('the pooler takes connections', START_LIMIT, () => isOpen(port));
    return new Pooler(child, folder, `postgres://clary@127.0.0.1:${port}/clary`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function configuration(target: URL, port: number, connections: number): string {
  const database = {
    host: target.hostname,
    port: target.port || '5432',
    dbname: target.pathname.slice(1),
    user: decodeURIComponent(target.username),
    ...(target.password !== '' && { password: decodeURIComponent(target.password) }),
  };
  const pairs = Object.entries(database).map(([name, value]) => `${name}=${quoted(value)}`);
  return [
    '[databases]',
    `clary = ${pairs.join(' ')}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    `default_pool_size = ${connections}`,
    'max_client_conn = 400',
    '',
  ].join('\n');
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
