import { reasonOf } from './errors.js';
import type { EmbeddedPostgres } from './handle.js';
import { idlePause } from './pause.js';
import { launchServer, type Server, type ServerPlan } from './server.js';
import { serverLogIn, trimLog } from './server-log.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
// A server that ran this long came up well: what ended it is a new trouble, not the same again.
const STEADY_MS = 60_000;
const TRIM_EVERY_MS = 60_000;

/** Keeps a server running on its port until it is told to stop. */
export class Supervisor implements EmbeddedPostgres {
  readonly adopted = false;
  readonly dataDir: string;

  #server: Server;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped: Promise<void> | undefined;
  readonly #stop = new AbortController();
  readonly #watch: Promise<void>;
  readonly #trimTimer: NodeJS.Timeout;

  constructor(
    readonly url: string,
    private readonly plan: ServerPlan,
    private readonly port: number,
    server: Server,
  ) {
    this.dataDir = plan.folder;
    this.#server = server;
    this.#server.keepAlive(false);
    this.#watch = this.#keepRunning();
    this.#trimTimer = setInterval(() => this.#trim(), TRIM_EVERY_MS).unref();
  }

  get pid(): number {
    return this.#server.pid;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #shutDown(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#trimTimer);
    this.#server.keepAlive(true);
    this.#server.letGo();
    await this.#watch;
    // Another one than above, if it became ready while this was called.
    await this.#server.ended;
  }

  async #keepRunning(): Promise<void> {
    while (!this.#isStopping()) {
      const start = Date.now();
      const status = await this.#server.ended;
      if (this.#isStopping()) return;
      if (Date.now() - start > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.plan.log(`PostgreSQL ended by itself (${status}) and is started again.`);
      await this.#startAgain();
    }
  }

  async #startAgain(): Promise<void> {
    while (!this.#isStopping()) {
      await idlePause(this.#pauseMs, this.#stop.signal);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      if (this.#isStopping()) return;
      try {
        this.#server = await launchServer(this.plan, this.port, this.#stop.signal);
        this.#afterStart();
        return;
      } catch (error) {
        if (!this.#isStopping()) this.plan.log(`Starting again failed: ${reasonOf(error)}`);
      }
    }
  }

  #afterStart(): void {
    // stop() may have come while the server was starting, and let go of the one before.
    if (this.#isStopping()) {
      this.#server.letGo();
      return;
    }
    this.#server.keepAlive(false);
    this.plan.log('PostgreSQL runs again.');
  }

  #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  #trim(): void {
    trimLog(serverLogIn(this.dataDir)).catch((error: unknown) => {
      this.plan.log(`The log of PostgreSQL cannot be shortened: ${reasonOf(error)}`);
    });
  }
}
