import type { Claim } from './claim.js';
import { reasonOf } from './errors.js';
import type { EmbeddedPostgres } from './handle.js';
import type { Lease } from './options.js';
import { idlePause } from './pause.js';
import { launchServer, type Server, type ServerPlan } from './server.js';
import { serverLogIn, trimLog } from './server-log.js';
import { writeState } from './server-state.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
// A server that ran this long came up well: what ended it is a new trouble, not the same again.
const STEADY_MS = 60_000;
const TRIM_EVERY_MS = 60_000;

/** What a supervisor has to know of its server. */
export interface Charge {
  readonly url: string;
  readonly plan: ServerPlan;
  readonly port: number;
  readonly lease: Lease;
  /** Waits, before a server of a short lease is stopped, for those who have adopted it. */
  readonly takeLeave: () => Promise<Claim | undefined>;
}

/** Keeps a server running on its port until it is told to stop. */
export class Supervisor implements EmbeddedPostgres {
  readonly adopted = false;
  readonly url: string;
  readonly dataDir: string;

  #server: Server;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped: Promise<void> | undefined;
  readonly #stop = new AbortController();
  readonly #watch: Promise<void>;
  readonly #trimTimer: NodeJS.Timeout;

  constructor(
    private readonly charge: Charge,
    server: Server,
  ) {
    this.url = charge.url;
    this.dataDir = charge.plan.folder;
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
    const claim = this.charge.lease === 'short' ? await this.charge.takeLeave() : undefined;
    this.#stop.abort();
    clearInterval(this.#trimTimer);
    this.#server.keepAlive(true);
    this.#server.letGo();
    await this.#watch;
    // Another one than above, if it became ready while this was called.
    await this.#server.ended;
    await claim?.release();
  }

  async #keepRunning(): Promise<void> {
    while (!this.#isStopping()) {
      const start = Date.now();
      const status = await this.#server.ended;
      if (this.#isStopping()) return;
      if (Date.now() - start > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.charge.plan.log(`PostgreSQL ended by itself (${status}) and is started again.`);
      await this.#startAgain();
    }
  }

  async #startAgain(): Promise<void> {
    while (!this.#isStopping()) {
      await idlePause(this.#pauseMs, this.#stop.signal);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
      if (this.#isStopping()) return;
      try {
        const { plan, port } = this.charge;
        this.#server = await launchServer(plan, port, this.#stop.signal);
        await this.#afterStart();
        return;
      } catch (error) {
        if (!this.#isStopping()) this.charge.plan.log(`Starting again failed: ${reasonOf(error)}`);
      }
    }
  }

  async #afterStart(): Promise<void> {
    // stop() may have come while the server was starting, and let go of the one before.
    if (this.#isStopping()) {
      this.#server.letGo();
      return;
    }
    this.#server.keepAlive(false);
    this.charge.plan.log('PostgreSQL runs again.');
    await this.#writeState();
  }

  /** Somebody else may have had the folder in between. */
  async #writeState(): Promise<void> {
    const { plan, port, lease } = this.charge;
    const state = { port, supervisor: process.pid, lease };
    await writeState(plan.folder, state, plan.user).catch((error: unknown) => {
      plan.log(`The state of PostgreSQL cannot be written: ${reasonOf(error)}`);
    });
  }

  #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  #trim(): void {
    trimLog(serverLogIn(this.dataDir)).catch((error: unknown) => {
      this.charge.plan.log(`The log of PostgreSQL cannot be shortened: ${reasonOf(error)}`);
    });
  }
}
