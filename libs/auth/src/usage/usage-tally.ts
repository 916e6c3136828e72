import {
  HOUR,
  USAGE_OUTCOMES,
  type CountedRoute,
  type PermissionNote,
  type UsageLine,
  type UsageOutcome,
} from './usage-line.js';

/** Counters and lines that are kept until they are written. Each needs a key whose secret was right. */
export const MAX_LINES = 50_000;

/** What is counted of one key, route and outcome. */
interface Counter {
  count: number;
  lastAt: number;
}

/**
 * Counts requests in bounded memory and keeps the counts until they are taken to be written. Counting costs two look-ups
 * and makes nothing, but for the first request of a key to a route after a while without one.
 */
export class UsageTally {
  private readonly counters: Readonly<
    Record<UsageOutcome, Map<CountedRoute, Map<string, Counter>>>
  > = {
    allowed: new Map(),
    unauthorized: new Map(),
    forbidden: new Map(),
    rate_limited: new Map(),
  };
  private readonly notes = new Map<string, Map<string, number>>();
  private readonly closed: UsageLine[] = [];
  /** Start of the hour that is counted, in milliseconds since the epoch. */
  private hour = 0;
  /** How many counters there are. */
  private counting = 0;
  /** How many notes there are. */
  private noted = 0;
  private uncounted = 0;

  /** @param now milliseconds since the epoch */
  count(route: CountedRoute, keyId: string, outcome: UsageOutcome, now: number): void {
    if (now - this.hour >= HOUR) this.turnHour(now);
    const counter =
      this.counters[outcome].get(route)?.get(keyId) ?? this.admit(route, keyId, outcome);
    if (counter === undefined) return;
    counter.count += 1;
    counter.lastAt = now;
  }

  /**
   * Remembers that a key had need of a permission which its route does not require of everybody.
   *
   * @param now milliseconds since the epoch
   */
  note(keyId: string, permission: string, now: number): void {
    let keys = this.notes.get(permission);
    if (keys === undefined) this.notes.set(permission, (keys = new Map<string, number>()));
    if (!keys.has(keyId)) {
      if (this.noted >= MAX_LINES) return;
      this.noted += 1;
    }
    keys.set(keyId, now);
  }

  /**
   * Makes lines of what was counted so far, as many as there is room for. A counter that counted nothing since the last
   * time is forgotten.
   */
  close(): void {
    for (const outcome of USAGE_OUTCOMES) {
      for (const [route, keys] of this.counters[outcome]) {
        for (const [keyId, counter] of keys) {
          const { count, lastAt } = counter;
          if (count === 0) {
            keys.delete(keyId);
            this.counting -= 1;
          } else if (this.closed.length >= MAX_LINES) {
            counter.count = 0;
            this.uncounted += count;
          } else {
            counter.count = 0;
            this.closed.push({
              hour: new Date(this.hour),
              keyId,
              route,
              outcome,
              count,
              lastAt,
            });
          }
        }
      }
    }
  }

  /** Hands over the oldest lines, and keeps them no longer. */
  takeLines(most: number): UsageLine[] {
    return this.closed.splice(0, most);
  }

  /** Hands over what was noted, and keeps it no longer. */
  takeNotes(most: number): PermissionNote[] {
    const notes: PermissionNote[] = [];
    for (const [permission, keys] of this.notes) {
      for (const [keyId, lastAt] of keys) {
        if (notes.length === most) break;
        notes.push({ keyId, permission, lastAt });
        keys.delete(keyId);
      }
    }
    this.noted -= notes.length;
    return notes;
  }

  /** How many requests found no room since this was asked last. */
  takeUncounted(): number {
    const { uncounted } = this;
    this.uncounted = 0;
    return uncounted;
  }

  /** A clock that is set back goes on in the hour that it was in. */
  private turnHour(now: number): void {
    this.close();
    this.hour = Math.floor(now / HOUR) * HOUR;
  }

  private admit(route: CountedRoute, keyId: string, outcome: UsageOutcome): Counter | undefined {
    if (this.counting + this.closed.length >= MAX_LINES) {
      this.uncounted += 1;
      return undefined;
    }
    const routes = this.counters[outcome];
    let keys = routes.get(route);
    if (keys === undefined) routes.set(route, (keys = new Map<string, Counter>()));
    const counter = { count: 0, lastAt: 0 };
    keys.set(keyId, counter);
    this.counting += 1;
    return counter;
  }
}
