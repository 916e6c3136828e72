import { generateMasterKey } from '@clary/nestjs-auth';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ApiProcess, surroundings, type ProcessOptions } from './api-process.js';
import type { Reading, Sending } from './client.js';
import { credentialsOf, type Credentials } from './credentials.js';

const run = promisify(execFile);

/** What an installation is made of, beside its database. */
export interface InstallationOptions extends ProcessOptions {
  /** Of every process, beside those of the installation. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What is asked of a new key, in the words of the API. */
export type KeyRequest = Readonly<Record<string, unknown>>;

/** Real processes over one database, one data folder and the same master keys. Nothing is known of their insides. */
export class Installation {
  readonly processes: ApiProcess[] = [];
  /** Every key that was made here. */
  readonly keys = new Set<string>();
  private firstKey = '';

  private constructor(
    /** Deleted at the end. */
    readonly folder: string,
    readonly variables: Readonly<Record<string, string>>,
    private readonly options: ProcessOptions,
  ) {}

  /**
   * @param count of processes, all started at once
   * @param databaseUrl of an empty database
   */
  static async start(
    count: number,
    databaseUrl: string,
    { variables = {}, ...options }: InstallationOptions = {},
  ): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'clary-processes-'));
    const all = {
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      CLARY_MASTER_KEYS: generateMasterKey(),
      CLARY_BOOTSTRAP_KEY_FILE: join(folder, 'first-key'),
      CLARY_CONFIG: join(folder, 'clary.config.yaml'),
      // Tests ask more often than anyone may.
      CLARY_RATE_LIMITS: 'off',
      ...variables,
    };
    const installation = new Installation(folder, all, options);
    await writeFile(installation.configFile, 'revision: 1\n');
    try {
      await Promise.all(Array.from({ length: count }, () => installation.add()));
    } catch (error) {
      await installation.stop();
      throw error;
    }
    installation.firstKey = (await readFile(join(folder, 'first-key'), 'utf8')).trim();
    installation.keys.add(installation.firstKey);
    return installation;
  }

  /** The key of the first start: every right, across accounts. */
  get adminKey(): string {
    return this.firstKey;
  }

  get first(): ApiProcess {
    return this.at(0);
  }

  at(index: number): ApiProcess {
    const api = this.processes[index];
    if (api === undefined) throw new RangeError(`There is no process ${index}`);
    return api;
  }

  /** Starts one more, with variables of its own if need be. */
  async add(variables: Readonly<Record<string, string>> = {}): Promise<ApiProcess> {
    const api = await ApiProcess.start({ ...this.variables, ...variables }, this.options);
    this.processes.push(api);
    return api;
  }

  /** A request of the admin's to the first process. It must succeed. */
  async manage(method: string, path: string, json?: unknown): Promise<Reading['body']> {
    const sending: Sending = { credential: this.adminKey, ...(json !== undefined && { json }) };
    const { status, body } = await this.first.request(method, path, sending);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Makes an account. */
  async makeAccount(tier = 'professional'): Promise<string> {
    return (await this.manage('POST', '/v1/accounts', { name: 'Test', tier }))['id'] as string;
  }

  /** Makes a key, in an account of its own unless one is named. */
  async makeKey(request: KeyRequest = {}): Promise<Credentials> {
    const accountId = (request['account_id'] as string | undefined) ?? (await this.makeAccount());
    const body = { name: 'Test', permissions: ['*'], ...request, account_id: accountId };
    const made = await this.manage('POST', '/v1/api-keys', body);
    this.keys.add(made['key'] as string);
    return credentialsOf(made['key'] as string, accountId);
  }

  /** Makes keys of one account, which no process has seen in use. */
  async makeKeys(count: number): Promise<string[]> {
    const account_id = await this.makeAccount();
    const keys: string[] = [];
    while (keys.length < count) keys.push((await this.makeKey({ account_id })).key);
    return keys;
  }

  /** Runs SQL as an operator would by hand. */
  async sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.variables['DATABASE_URL'] });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** The configuration file that every process applies; of revision 1, and empty, at first. */
  get configFile(): string {
    return join(this.folder, 'clary.config.yaml');
  }

  /** Runs the real command line over this installation; it must succeed. Gives its stdout. */
  async command(...args: readonly string[]): Promise<string> {
    const env = surroundings({ ...this.variables, NO_COLOR: '1' });
    const { stdout } = await run(process.execPath, ['apps/api/bin/clary.js', ...args], { env });
    return stdout;
  }

  /** Stops every process and deletes the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((api) => api.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
