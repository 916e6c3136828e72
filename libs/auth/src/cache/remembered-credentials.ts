import { hash, randomBytes } from 'node:crypto';
import type { AuthenticationMethod, Principal } from '../principal.js';
import { Refusal } from '../refusal.js';
import type { Stripes } from './change-clock.js';
import { GenerationalMap } from './generational-map.js';
import { FRESH_FOR, type Reading, type Readings, type Standing } from './reading.js';
import type { Rights } from './rights.js';
import { SeenSlots } from './seen-slots.js';

/** Where a credential is remembered: 32 characters from which it cannot be told. */
export type Slot = string;

/** Of a key and its account: what a principal is made of. */
export interface KeyHolder {
  readonly keyId: string;
  readonly accountId: string;
  readonly rights: Rights;
  /** Milliseconds since the epoch, from when on the key is refused; null for never. */
  readonly until: number | null;
}

/** A credential found good, as little of it as the next request needs. `until` is of the credential. */
export interface Recognition extends KeyHolder {
  /** When the key's row was read. */
  readonly reading: Reading;
  /** Of the key and its account. */
  readonly stripes: Stripes;
  /** Whom a JWT speaks for; null for an API key, whose principal is made anew of what is here. */
  readonly principal: Principal | null;
}

/**
 * A credential that was refused a moment ago: what the refusal says, and not the error itself, whose stack holds on to the
 * functions that were running, and by them to the request and its headers.
 */
interface RememberedRefusal extends Pick<Refusal, 'reason' | 'keyId' | 'accountId'> {
  readonly reading: Reading;
  /** Milliseconds of `performance.now()`. */
  readonly until: number;
}

/** Credentials of a generation. */
const KEYS = 100_000;
const TOKENS = 50_000;
const REFUSALS = 5_000;

/** Milliseconds that a refusal counts: a new key works everywhere within a second, even where nobody is told of it. */
const REFUSED_FOR = 1000;

/**
 * Credentials that were judged already, in memory of bounded size. They are known by a salted hash, never by themselves
 * or by the SHA-256 that signs JWTs, so that what is remembered tells none of them.
 */
export class RememberedCredentials {
  private readonly salt = randomBytes(16).toString('base64url');
  private readonly recognitions = {
    api_key: new GenerationalMap<Slot, Recognition>(KEYS, FRESH_FOR),
    jwt: new GenerationalMap<Slot, Recognition>(TOKENS, FRESH_FOR),
  } as const satisfies Record<AuthenticationMethod, unknown>;
  private readonly seen = new SeenSlots();
  private readonly refusals = new GenerationalMap<Slot, RememberedRefusal>(REFUSALS, REFUSED_FOR);

  constructor(private readonly readings: Readings) {}

  /** Where the credential is remembered in this process. */
  slotOf(credential: string): Slot {
    return hash('sha256', this.salt + credential, 'binary');
  }

  /** What was found of the credential, where that stands so. */
  recall(
    method: AuthenticationMethod,
    slot: Slot,
    standing: Standing = 'current',
  ): Recognition | undefined {
    const known = this.recognitions[method].get(slot);
    if (known === undefined) return undefined;
    if (!this.readings.stands(standing, known.reading, known.stripes)) return undefined;
    return known.until === null || Date.now() < known.until ? known : undefined;
  }

  /** Whether nobody may be let in by what was read then. */
  isTooOld(reading: Reading): boolean {
    return this.readings.isTooOld(reading);
  }

  /** Whether it is time to judge the credential anew, while the recognition still counts. */
  isDue({ reading, stripes }: Recognition): boolean {
    return this.readings.isDue(reading, stripes);
  }

  /**
   * Remembers a credential found good, unless something newer is known of it. A JWT from its second use on: many are used
   * once, and what is remembered of them would cost more than judging them did.
   */
  keep(method: AuthenticationMethod, slot: Slot, recognition: Recognition): void {
    if (method === 'jwt' && !this.seen.see(slot)) return;
    const { at } = recognition.reading;
    const known = this.recognitions[method].get(slot);
    if (known !== undefined && known.reading.at > at) return;
    if ((this.refusals.get(slot)?.reading.at ?? at) > at) return;
    this.recognitions[method].set(slot, recognition);
  }

  /** The refusal of the credential a moment ago, unless something changed since. */
  recallRefusal(slot: Slot): Refusal | undefined {
    const known = this.refusals.get(slot);
    if (known === undefined || known.until <= performance.now()) return undefined;
    if (!this.readings.isLatest(known.reading)) return undefined;
    return new Refusal(known.reason, known.keyId, known.accountId);
  }

  /** Remembers a refusal, until a second after the reading that it was judged by. */
  keepRefusal(slot: Slot, { reason, keyId, accountId }: Refusal, reading: Reading): void {
    const until = reading.at + REFUSED_FOR;
    this.refusals.set(slot, { reason, keyId, accountId, reading, until });
  }

  /** What was remembered of the credential as good holds no longer, unless it is newer than what says so. */
  forget(method: AuthenticationMethod, slot: Slot, { at }: Reading): void {
    const known = this.recognitions[method].get(slot);
    if (known !== undefined && known.reading.at <= at) this.recognitions[method].delete(slot);
  }
}
