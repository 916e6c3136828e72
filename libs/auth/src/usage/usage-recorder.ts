import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
import { newId } from '../credential/identifiers.js';
import { withinLimit } from '../time-limit.js';
import { batchOf, type UsageBatch } from './usage-batch.js';
import type { CountedRoute, UsageOutcome } from './usage-line.js';
import { UsageTally } from './usage-tally.js';
import { UsageRepository } from './usage.repository.js';

/** Milliseconds between two writes: what a process that is killed loses, and by how much what is read lags behind. */
export const WRITE_INTERVAL = 10_000;

/** Lines that one statement writes. */
const BATCH = 1000;

/** Milliseconds that a process which stops waits for the database. */
const SHUTDOWN_LIMIT = 3000;

/**
 * Counts requests by key, route and outcome where usage is asked for, and writes the counts every 10 seconds, so that
 * no request waits for it or fails by it; what is left is written at shutdown.
 *
 * What cannot be written is kept, up to 50,000 counters, and tried again every 10 seconds. A batch keeps its number until
 * it is known to be written, and the database takes each number once: an answer that was lost counts nothing twice. The
 * log is told how many requests found no room or are left at the end; a process that is killed loses what it counted since
 * it last wrote: 10 seconds and the time that a write takes, or all since the database went away.
 */
@Injectable()
export class UsageRecorder implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('UsageRecorder');
  private readonly tally = new UsageTally();
  private readonly writer = newId('writer');
  private batchNumber = 0;
  /** Not known to be written. It is never changed: the database may have it. */
  private pending: UsageBatch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: UsageRepository,
    private readonly settings: AuthSettings,
  ) {}

  /** Counts a request whose key is known, and does not wait. */
  count(route: CountedRoute, keyId: string, outcome: UsageOutcome): void {
    if (!this.settings.usage) return;
    this.tally.count(route, keyId, outcome, Date.now());
    if (this.timer === undefined) this.schedule();
  }

  /**
   * Remembers that a key had need of a permission which its route does not require of everybody, such as `admin` to reach
   * another account. To be called once it was found to have it.
   */
  notePermission(keyId: string, permission: string): void {
    if (!this.settings.usage) return;
    this.tally.note(keyId, permission, Date.now());
    if (this.timer === undefined) this.schedule();
  }

  /** Writes what was counted so far, without waiting for the interval to end. Never rejects. */
  flush(): Promise<void> {
    // One after the other: each takes what it writes.
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** While the connections to the database are there for certain. */
  beforeApplicationShutdown(): Promise<void> {
    return this.flushInTime();
  }

  /** What was counted while the last requests were answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.flushInTime();
    clearTimeout(this.timer);
    const requests = this.countLost();
    if (requests > 0) this.logger.error({ msg: 'Requests are lost to the usage', requests });
  }

  /** A database that does not answer keeps no process from stopping. */
  private async flushInTime(): Promise<void> {
    await withinLimit(SHUTDOWN_LIMIT, this.flush(), 'Usage is not written').catch(() => undefined);
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, WRITE_INTERVAL).unref();
  }

  private async write(): Promise<void> {
    try {
      // While a batch waits nothing is closed: counters go on counting, and take no more room.
      if (this.pending !== undefined) await this.writePending(this.pending);
      this.tally.close();
      for (let batch = this.nextBatch(); batch !== undefined; batch = this.nextBatch())
        await this.writePending(batch);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.logger.warn({ msg: 'Usage waits for the database', cause });
      this.schedule();
    }
    const requests = this.tally.takeUncounted();
    if (requests > 0) this.logger.error({ msg: 'Requests are lost to the usage', requests });
  }

  private nextBatch(): UsageBatch | undefined {
    const [lines, notes] = [this.tally.takeLines(BATCH), this.tally.takeNotes(BATCH)];
    if (lines.length + notes.length === 0) return undefined;
    this.batchNumber += 1;
    this.pending = batchOf(lines, notes);
    return this.pending;
  }

  private async writePending(batch: UsageBatch): Promise<void> {
    try {
      await this.repository.addOnce(this.writer, this.batchNumber, batch);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const cause = (error as Error).message;
      this.logger.error({ msg: 'The database refuses usage', requests: countOf(batch), cause });
    }
    this.pending = undefined;
  }

  private countLost(): number {
    this.tally.close();
    const lines = [...(this.pending?.lines ?? []), ...this.tally.takeLines(Infinity)];
    return countOf({ lines });
  }
}

function countOf({ lines }: Pick<UsageBatch, 'lines'>): number {
  return lines.reduce((sum, { count }) => sum + count, 0);
}

/** Whether the database was asked and will say the same again (PostgreSQL, appendix A: classes 22 and 23). */
function isRefused(error: unknown): boolean {
  return error instanceof Error && /^2[23]/.test(String((error as { code?: unknown }).code));
}
