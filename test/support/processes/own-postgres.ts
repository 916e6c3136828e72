import { startEmbeddedPostgres, type EmbeddedPostgres } from '@clary/embedded-postgres';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A state of the data that a server can be replaced by. */
export interface Snapshot {
  readonly dataDir: string;
}

/** A PostgreSQL of one test file, to which everything may happen. Its URL stays the same. */
export class OwnPostgres {
  private copies = 0;
  private frozen: readonly number[] = [];

  private constructor(
    private readonly folder: string,
    private dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'clary-own-postgres-'));
    // As root the server is another user, who must get through to its own folder.
    await chmod(folder, 0o711);
    const dataDir = join(folder, 'postgres');
    return new OwnPostgres(folder, dataDir, await startEmbeddedPostgres({ dataDir }));
  }

  get url(): string {
    return this.server.url;
  }

  /** Shuts it down: connections end, new ones are refused. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Starts it again on its port. */
  async start(): Promise<void> {
    const { url } = this;
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir });
    if (this.url !== url) throw new Error('The server came back at another address');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Ends it as a loss of power would; it comes back by itself, and recovers. */
  crash(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    return Promise.resolve();
  }

  /** Stops every process of it where it is: connections stay, are even taken by the system, and nothing comes back. */
  async freeze(): Promise<void> {
    this.frozen = [this.server.pid, ...(await childrenOf(this.server.pid))];
    for (const pid of this.frozen) signal(pid, 'SIGSTOP');
  }

  /** Ends the standstill. */
  thaw(): Promise<void> {
    for (const pid of this.frozen) signal(pid, 'SIGCONT');
    this.frozen = [];
    return Promise.resolve();
  }

  /** Changes a setting that counts from the next start. */
  async configure(setting: string, value: string): Promise<void> {
    await this.query(`ALTER SYSTEM SET ${setting} = '${value}'`);
  }

  /** The data as it is now, to come back to; the server is away meanwhile. */
  async snapshot(): Promise<Snapshot> {
    await this.stop();
    const copy = await this.copy(this.dataDir);
    await this.start();
    return { dataDir: copy };
  }

  /** Another server takes its place, at the same address and with the same password, on a copy of the given data. */
  async replaceBy({ dataDir }: Snapshot): Promise<void> {
    await this.stop();
    this.dataDir = await this.copy(dataDir);
    await this.start();
  }

  /** Another server takes its place with the same data, as a standby that is promoted. */
  replaceByCopy(): Promise<void> {
    return this.replaceBy({ dataDir: this.dataDir });
  }

  /** Runs SQL by a connection of its own. */
  async query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.thaw();
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** With owners and modes, which PostgreSQL insists on. */
  private async copy(dataDir: string): Promise<string> {
    this.copies += 1;
    const copy = join(this.folder, `copy-${this.copies}`);
    await run('cp', ['-a', dataDir, copy]);
    return copy;
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid = 0]) => pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // A backend that ended by itself in between.
  }
}
