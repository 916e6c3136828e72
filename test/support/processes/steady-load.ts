import type { ApiProcess } from './api-process.js';
import { mintToken, type Credentials } from './credentials.js';

/** How a request got in: by a key or a JWT that was used before, by a JWT or a key that no process has seen. */
export type Way = 'key' | 'token' | 'new token' | 'new key';

/** One request of the load. */
export interface LoadedAnswer {
  readonly way: Way;
  /** When it was sent, by `performance.now()`. */
  readonly sent: number;
  /** Milliseconds until its answer. */
  readonly took: number;
  /** 0: the connection broke, or nothing came within 10 s. */
  readonly status: number;
  readonly retryAfter: string | null;
}

const WAYS: readonly Way[] = ['key', 'token', 'new token', 'new key'];

/** Milliseconds after which an answer is waited for. */
const PROMPT = 500;

/** Longer than any answer may take. */
const PATIENCE = 10_000;

/** Requests by good credentials at a steady rate, however long answers take. */
export class SteadyLoad {
  readonly answers: LoadedAnswer[] = [];
  private readonly pending = new Map<Promise<void>, number>();
  private readonly timer: NodeJS.Timeout;
  private count = 0;

  private constructor(
    private readonly api: ApiProcess,
    private readonly credentials: Credentials,
    private readonly unused: string[],
    perSecond: number,
  ) {
    this.timer = setInterval(() => this.send(), 1000 / perSecond);
  }

  /**
   * @param unused keys that no process has seen, each used once; a new JWT in place of one that is missing
   * @param perSecond requests, the ways of getting in taken in turn
   */
  static on(
    api: ApiProcess,
    credentials: Credentials,
    unused: readonly string[] = [],
    perSecond = 20,
  ): SteadyLoad {
    return new SteadyLoad(api, credentials, [...unused], perSecond);
  }

  /** Whether for so many milliseconds nothing has failed, and nothing waits for its answer. */
  isCalm(milliseconds: number): boolean {
    const now = performance.now();
    const isWaiting = [...this.pending.values()].some((sent) => now - sent > PROMPT);
    const hasFailed = this.answers.some(
      ({ status, sent, took }) => status !== 200 && sent + took > now - milliseconds,
    );
    return !isWaiting && !hasFailed;
  }

  /** Sends no more, and waits for what is under way. */
  async stop(): Promise<readonly LoadedAnswer[]> {
    clearInterval(this.timer);
    await Promise.all(this.pending.keys());
    return this.answers;
  }

  private send(): void {
    const turn = WAYS[this.count++ % WAYS.length] ?? 'key';
    const way = turn === 'new key' && this.unused.length === 0 ? 'new token' : turn;
    const answered = this.ask(way).finally(() => this.pending.delete(answered));
    this.pending.set(answered, performance.now());
  }

  private async ask(way: Way): Promise<void> {
    const credential = this.take(way);
    const sent = performance.now();
    const answer = await this.api
      .request('GET', '/v1/me', { credential, patience: PATIENCE })
      .catch(() => undefined);
    this.answers.push({
      way,
      sent,
      took: performance.now() - sent,
      status: answer?.status ?? 0,
      retryAfter: answer?.headers.get('retry-after') ?? null,
    });
  }

  private take(way: Way): string {
    const { key, token } = this.credentials;
    if (way === 'new token') return mintToken(key);
    if (way === 'new key') return this.unused.pop() ?? key;
    return way === 'key' ? key : token;
  }
}
