import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { send, type Reading, type Sending } from './client.js';
import { until } from './pause.js';

/** Milliseconds; on a busy machine several start at once. */
const START_LIMIT = 45_000;

const ENTRY = 'apps/api/dist/main.js';

/** How a process is started, beside its variables. */
export interface ProcessOptions {
  /** Arguments of Node's, before the program. */
  readonly nodeArguments?: readonly string[];
}

/** What a process is given of our own surroundings: nothing of what would configure it. */
export function surroundings(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), ...variables };
}

/** A real process of the API, as `npm start` runs it. It must have been built. */
export class ApiProcess {
  private readonly lines: string[] = [];
  private readonly exit: Promise<unknown>;
  private address = '';

  private constructor(private readonly child: ChildProcess) {
    this.exit = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.read(line));
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
  }

  /**
   * Starts one on a free port and waits until it is ready.
   *
   * @throws Error with its log when it ends before that
   */
  static async start(
    variables: Readonly<Record<string, string>>,
    { nodeArguments = [] }: ProcessOptions = {},
  ): Promise<ApiProcess> {
    const child = spawn(process.execPath, [...nodeArguments, ENTRY], {
      env: surroundings({ PORT: '0', ...variables }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const api = new ApiProcess(child);
    try {
      await until('the API is ready', START_LIMIT, () => api.url !== '' || api.isOver);
    } catch (error) {
      await api.kill();
      throw error;
    }
    if (api.url === '') throw new Error(`The API did not start:\n${api.log.join('\n')}`);
    return api;
  }

  /** Such as `http://127.0.0.1:40123`. */
  get url(): string {
    return this.address;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Every line that it has written, to stdout and stderr. */
  get log(): readonly string[] {
    return this.lines;
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  request(method: string, path: string, sending?: Sending): Promise<Reading> {
    return send(this.url, method, path, sending);
  }

  /** Applies the configuration file again. */
  reload(): void {
    this.child.kill('SIGHUP');
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Stops it in order; gives its exit code. */
  async stop(): Promise<number | null> {
    if (!this.isOver) this.child.kill('SIGTERM');
    await this.exit;
    return this.child.exitCode;
  }

  /** Ends it as a loss of power would: it can do nothing more. */
  async kill(): Promise<void> {
    if (!this.isOver) this.child.kill('SIGKILL');
    await this.exit;
  }

  private read(line: string): void {
    this.lines.push(line);
    if (this.address !== '' || !line.includes('The API is ready')) return;
    this.address = (JSON.parse(line) as { url: string }).url;
  }
}
