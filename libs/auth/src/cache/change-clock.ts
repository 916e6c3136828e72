/** Bits of a stripe's number: two of them fit into one small integer. */
const STRIPE_BITS = 15;
const STRIPE_MASK = (1 << STRIPE_BITS) - 1;

/** FNV-1a, 32 bits: spreads ids, and is asked for nothing else. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Two names of what may change, packed: what a remembered answer depends on. */
export type Stripes = number;

/** A key's public id and its account's. */
interface NamedKey {
  readonly id: string;
  readonly accountId: string;
}

/**
 * Counts changes, and tells whether something changed since a moment. Names are spread over 32,768 stripes: names that
 * share one are taken for changed together, so that nothing need be kept for each of them, and no change is ever missed.
 *
 * What is read from the database is marked with the moment before the reading (`now`). A change that is told of while
 * the reading is under way therefore counts as later, and what was read then is never taken for current.
 */
export class ChangeClock {
  private sequence = 0;
  private everything = 0;
  private doubted = 0;
  private readonly stripes = new Float64Array(1 << STRIPE_BITS);

  /** The number of changes so far. */
  get now(): number {
    return this.sequence;
  }

  /** Something changed: the id of a key or account, or `signersOf` an account. */
  touch(name: string): void {
    this.stripes[stripeOf(name)] = ++this.sequence;
  }

  /** Everything changed, or too much to name it. */
  touchAll(): void {
    this.everything = ++this.sequence;
  }

  /** Anything may have changed: for a while, nobody could be told of changes. */
  doubt(): void {
    this.doubted = ++this.sequence;
  }

  /** Whether changes after that moment would have been told of. */
  isCertain(since: number): boolean {
    return this.doubted <= since;
  }

  /** Whether neither of the two changed after that moment. */
  areUnchanged(stripes: Stripes, since: number): boolean {
    return (
      this.everything <= since &&
      this.at(stripes >>> STRIPE_BITS) <= since &&
      this.at(stripes & STRIPE_MASK) <= since
    );
  }

  private at(stripe: number): number {
    return this.stripes[stripe] as number;
  }
}

/** The stripes of two names. */
export function stripesOf(one: string, other: string): Stripes {
  return (stripeOf(one) << STRIPE_BITS) | stripeOf(other);
}

/** The upper and the lower part folded into one: its low bits depend on both. */
export function mixOf(number: number): number {
  return number ^ (number >>> STRIPE_BITS);
}

/** What changes whenever a key of the account comes, goes or changes: which keys may have signed for it. */
export function signersOf(accountId: string): string {
  return `@${accountId}`;
}

/** What changes with a key. */
export function namesOfKey({ id, accountId }: NamedKey): string[] {
  return [id, signersOf(accountId)];
}

/** What changes with an account: all its keys, and which of them sign. */
export function namesOfAccount({ id }: Pick<NamedKey, 'id'>): string[] {
  return [id, signersOf(id)];
}

function stripeOf(name: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), FNV_PRIME);
  }
  return mixOf(hash) & STRIPE_MASK;
}
