import type { ActorRequest } from '../actor.js';
import { newId } from '../credential/identifiers.js';
import type { Refusal, RefusalReason } from '../refusal.js';

/** Milliseconds: within a minute of the clock, the refusals of one key for one reason are one line. */
export const MINUTE = 60_000;

/** Lines that are kept until they are written. Each needs a key whose secret was right: a stranger adds none. */
export const MAX_LINES = 10_000;

/** The refusals of one key for one reason within one minute. */
export interface RefusalLine extends ActorRequest {
  /** Of the event that it becomes, the same however often that is written. */
  readonly id: string;
  /** When the first one was. */
  readonly at: Date;
  readonly reason: RefusalReason;
  readonly keyId: string;
  readonly accountId: string | null;
  /** How many there were. */
  readonly count: number;
}

/** Counts refusals and keeps them until they are written, in bounded memory. */
export class RefusalTally {
  private readonly counting = new Map<string, RefusalLine>();
  /** No longer counted, so that none is lost between the moment it is written and the moment it is forgotten. */
  private readonly closed: RefusalLine[] = [];
  private uncounted = 0;

  /** Counts one that its holder may be told; a stranger who guesses is nobody's event. */
  add(refusal: Refusal, { requestId, ip }: ActorRequest, at: Date): void {
    const { reason, holderKeyId: keyId, accountId } = refusal;
    if (keyId === null) return;
    const name = `${minuteOf(at)} ${keyId} ${reason}`;
    const line = this.counting.get(name);
    if (line === undefined && this.size >= MAX_LINES) {
      this.uncounted += 1;
      return;
    }
    const first = { id: newId('evt'), at, reason, keyId, accountId, requestId, ip, count: 0 };
    const { count, ...rest } = line ?? first;
    this.counting.set(name, { ...rest, count: count + 1 });
  }

  /** How many lines there are. */
  get size(): number {
    return this.counting.size + this.closed.length;
  }

  /** Counts no further in minutes that are over, or in none. */
  close(until: Date | 'now'): void {
    for (const [name, line] of this.counting) {
      if (until !== 'now' && minuteOf(line.at) >= minuteOf(until)) continue;
      this.counting.delete(name);
      this.closed.push(line);
    }
  }

  /** The oldest lines that are no longer counted. */
  next(most: number): readonly RefusalLine[] {
    return this.closed.slice(0, most);
  }

  /** Forgets the oldest lines: they are written. */
  forget(written: number): void {
    this.closed.splice(0, written);
  }

  /** How many refusals found no room since this was asked last. */
  takeUncounted(): number {
    const { uncounted } = this;
    this.uncounted = 0;
    return uncounted;
  }
}

const minuteOf = (time: Date): number => Math.floor(time.getTime() / MINUTE);
