import { mixOf, type ChangeClock, type Stripes } from './change-clock.js';

/** Milliseconds that counts what was read from the database, whatever is told of changes. Never prolonged by use. */
export const FRESH_FOR = 10_000;

/** Milliseconds within which readings share one mark, the earliest of them: so they are few, however much is read. */
const SHARED_FOR = 50;

/** Milliseconds after which what is in use is read anew. */
const RENEWED_FROM = 7000;

/** Milliseconds over which that is spread, at most so many: what was read together is not read together again. */
const RENEWAL_SPREAD = 2047;

/** When something was read from the database: the moment before the reading began. */
export interface Reading {
  /** Of the clock that counts changes. */
  readonly asOf: number;
  /** Milliseconds of the clock that nobody sets: how long ago it was. */
  readonly at: number;
  /** Milliseconds since the epoch: the other clock stands still while the machine sleeps. */
  readonly wallAt: number;
}

/**
 * How much what was read is worth. `current`: it counts. `usable`: perhaps it changed and nobody could be told, so that it
 * is to be read again, and counts where the database cannot be asked.
 */
export type Standing = 'current' | 'usable';

/** Marks what is read, and tells how long that counts. */
export class Readings {
  private latest: Reading | undefined;

  constructor(private readonly changes: ChangeClock) {}

  /** Call before asking the database. */
  begin(): Reading {
    const [at, wallAt] = [performance.now(), Date.now()];
    const { latest } = this;
    const isShared =
      latest?.asOf === this.changes.now &&
      at - latest.at < SHARED_FOR &&
      Math.abs(wallAt - latest.wallAt) < SHARED_FOR;
    return isShared ? latest : (this.latest = { asOf: this.changes.now, at, wallAt });
  }

  /** Whether what was read then still stands so. */
  stands(standing: Standing, reading: Reading, stripes: Stripes): boolean {
    return (
      !this.isTooOld(reading) &&
      this.changes.areUnchanged(stripes, reading.asOf) &&
      (standing === 'usable' || this.changes.isCertain(reading.asOf))
    );
  }

  /** Whether it was read so long ago that nobody may be let in by it: the process stood still meanwhile. */
  isTooOld({ at, wallAt }: Reading): boolean {
    return performance.now() - at >= FRESH_FOR || Date.now() - wallAt >= FRESH_FOR;
  }

  /**
   * Whether it is time to read anew, while what was read still counts: asked by whoever uses it, so that nobody has to
   * wait for the database.
   */
  isDue(reading: Reading, stripes: Stripes): boolean {
    return ageOf(reading) > RENEWED_FROM + (mixOf(stripes) & RENEWAL_SPREAD);
  }

  /** Whether it may be read anew, where something else that depends on it is due. */
  mayBeRenewed(reading: Reading): boolean {
    return ageOf(reading) > RENEWED_FROM;
  }

  /** Whether nothing at all was told to have changed since. */
  isLatest({ asOf }: Reading): boolean {
    return asOf === this.changes.now;
  }
}

/** Milliseconds since the reading began. */
export function ageOf({ at }: Reading): number {
  return performance.now() - at;
}
