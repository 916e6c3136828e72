import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ActorRequest } from '../actor.js';
import { AuthSettings } from '../auth.settings.js';
import type { Refusal } from '../refusal.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuditEventRepository } from './audit-event.repository.js';
import { MINUTE, RefusalTally, type RefusalLine } from './refusal-tally.js';

/** Lines that one statement writes: PostgreSQL takes 65,535 parameters. */
const BATCH = 1000;

/**
 * Writes refusals into the audit log, where there is one: only those whose secret or signature was right, as one
 * `authentication.refused` per key, reason and minute, with `{ reason, count }` and the first one's request and address.
 * Each process counts for itself: two replicas may write one each, and so may a process that stops within the minute.
 *
 * They are counted in memory and written once the minute is over, so that no request waits for it or fails by it, and
 * what is left is written at shutdown. What cannot be written is kept, up to 10,000 lines, and tried again every minute.
 * The log is told how many found no room or are left at the end; a process that is killed loses its last minute.
 */
@Injectable()
export class RefusalRecorder implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('RefusalRecorder');
  private readonly tally = new RefusalTally();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly events: AuditEventRepository,
    private readonly settings: AuthSettings,
  ) {}

  /** Counts a refusal, and does not wait. */
  note(refusal: Refusal, request: ActorRequest): void {
    if (!this.settings.audit) return;
    this.tally.add(refusal, request, new Date());
    this.schedule();
  }

  /** Writes what was counted so far, without waiting for the end of the minute. Never rejects. */
  flush(): Promise<void> {
    return this.write('now');
  }

  /** While the connections to the database are there for certain. */
  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }

  /** What was refused while the last requests were answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    if (this.tally.size > 0)
      this.logger.error({ msg: 'Refusals are lost to the audit log', lines: this.tally.size });
  }

  private schedule(): void {
    if (this.timer !== undefined || this.tally.size === 0) return;
    const rest = MINUTE - (Date.now() % MINUTE);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.write(new Date()).then(() => this.schedule());
    }, rest).unref();
  }

  private write(until: Date | 'now'): Promise<void> {
    this.tally.close(until);
    // One after the other: each forgets what it has written.
    this.writing = this.writing.then(() => this.writeClosed());
    return this.writing;
  }

  private async writeClosed(): Promise<void> {
    try {
      for (let lines = this.tally.next(BATCH); lines.length > 0; lines = this.tally.next(BATCH)) {
        await this.events.insertOnce(lines.map(toEvent));
        this.tally.forget(lines.length);
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.logger.warn({ msg: 'Refusals wait for the audit log', lines: this.tally.size, cause });
    }
    const refusals = this.tally.takeUncounted();
    if (refusals > 0) this.logger.error({ msg: 'Refusals are lost to the audit log', refusals });
  }
}

function toEvent({ reason, keyId, count, ...line }: RefusalLine): AuditEvent {
  return Object.assign(new AuditEvent(), {
    ...line,
    action: 'authentication.refused',
    actor: { type: 'key', key_id: keyId, subject: null },
    target: { type: 'api_key', id: keyId },
    before: null,
    after: { reason, count },
  } satisfies AuditEvent);
}
