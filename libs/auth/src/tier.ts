import type { Tier } from './auth-types.js';

/** The tiers of an application in order of privilege; a tier includes those below it. */
export class TierLadder {
  private readonly ranks: ReadonlyMap<string, number>;

  /**
   * @param names tier names, lowest first
   * @throws RangeError when there is none, or one stands twice
   */
  constructor(readonly names: readonly Tier[]) {
    this.ranks = new Map(names.map((name, rank) => [name, rank]));
    if (names.length === 0) throw new RangeError('At least one tier is needed');
    if (this.ranks.size !== names.length) throw new RangeError('A tier is named twice');
  }

  /** Whether the value is the name of a tier here. */
  has(name: unknown): name is Tier {
    return typeof name === 'string' && this.ranks.has(name);
  }

  /** The top of the ladder. */
  get highest(): Tier {
    return this.names[this.names.length - 1] as Tier;
  }

  /** The lowest of the given tiers, at least one. */
  lowest(first: Tier, ...others: Tier[]): Tier {
    return others.reduce((low, name) => (this.rank(name) < this.rank(low) ? name : low), first);
  }

  /** Whether `held` is `required` or stands above it. */
  includes(held: Tier, required: Tier): boolean {
    return this.rank(held) >= this.rank(required);
  }

  private rank(name: Tier): number {
    const rank = this.ranks.get(name);
    if (rank === undefined) throw new RangeError(`Unknown tier "${name}"`);
    return rank;
  }
}
