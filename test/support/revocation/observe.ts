import type { ApiProcess } from '../processes/api-process.js';
import type { Installation } from '../processes/installation.js';
import { pause, until } from '../processes/pause.js';
import type { Change, Expectation, Kind } from './change.js';

/** How late a change counted at one process, for one credential. Milliseconds after it was made. */
export interface Lag {
  /** When the last request was sent that was still answered as before; negative: never after it. */
  readonly shownUntil: number;
  /** When the first request was sent from which on every answer was as after; 0 at the earliest. */
  readonly heldFrom: number;
}

/** How closely a change is watched. */
export interface Watch {
  /** Milliseconds between an answer and the next request of the same credential at the same process. */
  readonly interval: number;
  /** Milliseconds for which it must have held everywhere, so that nothing brings the old state back. */
  readonly settle: number;
  /** Milliseconds after which it counts as never. */
  readonly limit: number;
}

/** Uses one credential at one process over and over. */
class Observer {
  private isOver = false;
  private readonly over: Promise<void>;
  private unheldAt = -Infinity;
  private heldAt: number | undefined;
  /** Whether the state before was seen. */
  isKnown = false;

  constructor(
    private readonly api: ApiProcess,
    private readonly credential: string,
    private readonly before: Expectation,
    private readonly after: Expectation,
    private readonly interval: number,
  ) {
    this.over = this.run();
    // Told where it is waited for.
    this.over.catch(() => undefined);
  }

  /** Milliseconds for which every answer has been as after. */
  get held(): number {
    return this.heldAt === undefined ? -1 : performance.now() - this.heldAt;
  }

  lagAfter(made: number): Lag {
    const heldFrom = Math.max(0, (this.heldAt ?? Infinity) - made);
    return { shownUntil: this.unheldAt - made, heldFrom };
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.over;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      const sent = performance.now();
      const answer = await this.api.request('GET', '/v1/me', { credential: this.credential });
      // Of an installation whose database is well.
      if (answer.status !== 200 && answer.status !== 401)
        throw new Error(`${this.api.url}: ${answer.status} ${JSON.stringify(answer.body)}`);
      this.isKnown ||= this.before(answer);
      if (this.after(answer)) this.heldAt ??= sent;
      else [this.unheldAt, this.heldAt] = [sent, undefined];
      await pause(this.interval);
    }
  }
}

/**
 * Makes a change of which every process knows the state before, by key and by JWT, and watches it at each of them. The
 * credentials are used all the while, also in the moment of the change.
 */
export async function observe(
  installation: Installation,
  kind: Kind,
  watch: Watch,
): Promise<readonly Lag[]> {
  const change = await kind.prepare(installation);
  const observers = installation.processes.flatMap((api) => observersAt(api, change, watch));
  try {
    await until(`${kind.name}: known everywhere`, watch.limit, () =>
      observers.every(({ isKnown }) => isKnown),
    );
    await change.make();
    const made = performance.now();
    while (observers.some(({ held }) => held < watch.settle)) {
      if (performance.now() - made > watch.limit + watch.settle) break;
      await pause(watch.interval);
    }
    return observers.map((observer) => observer.lagAfter(made));
  } finally {
    await Promise.all(observers.map((observer) => observer.stop()));
  }
}

function observersAt(api: ApiProcess, change: Change, { interval }: Watch): Observer[] {
  const { credentials, before, after } = change;
  return [
    new Observer(api, credentials.key, before, after.key, interval),
    new Observer(api, credentials.token, before, after.token, interval),
  ];
}
