import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthenticationMethod } from '../principal.js';
import { Refusal } from '../refusal.js';
import { ChangeClock, stripesOf } from './change-clock.js';
import { FRESH_FOR, Readings } from './reading.js';
import { RememberedCredentials, type Recognition, type Slot } from './remembered-credentials.js';
import { rightsOf } from './rights.js';

const CREDENTIAL = `clary_dev_${randomBytes(30).toString('hex')}`;
const RIGHTS = rightsOf({
  environment: 'development',
  tier: 'lite',
  permissions: [],
  allowedIps: null,
});

let changes: ChangeClock;
let readings: Readings;
let memory: RememberedCredentials;
let slot: string;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  changes = new ChangeClock();
  readings = new Readings(changes);
  memory = new RememberedCredentials(readings);
  slot = memory.slotOf(CREDENTIAL);
});

afterEach(() => {
  vi.useRealTimers();
});

/** A credential found good by what is read now. */
const recognition = (told: Partial<Recognition> = {}): Recognition => ({
  keyId: 'key_a',
  accountId: 'acct_a',
  rights: RIGHTS,
  until: null,
  reading: readings.begin(),
  stripes: stripesOf('key_a', 'acct_a'),
  principal: null,
  ...told,
});

describe('where a credential is remembered', () => {
  it('is 32 characters, the same each time, and another place for another credential', () => {
    expect(slot).toHaveLength(32);
    expect(memory.slotOf(CREDENTIAL)).toBe(slot);
    expect(memory.slotOf(`${CREDENTIAL}x`)).not.toBe(slot);
  });

  it('tells nothing: neither the credential nor the digest that signs JWTs, and it is another in each process', () => {
    const digest = createHash('sha256').update(CREDENTIAL).digest().toString('latin1');
    expect(slot).not.toBe(digest);
    expect(slot).not.toContain(CREDENTIAL.slice(0, 8));
    expect(new RememberedCredentials(readings).slotOf(CREDENTIAL)).not.toBe(slot);
  });
});

/** A JWT is remembered from its second use on. */
function keepTwice(method: AuthenticationMethod, where: Slot, known: Recognition): void {
  memory.keep(method, where, known);
  memory.keep(method, where, known);
}

const keepToken = (known: Recognition): void => keepTwice('jwt', slot, known);

/** Slots that differ as those of credentials do. */
const slotAt = (at: number): Slot => memory.slotOf(`credential ${at}`);

describe('a credential found good', () => {
  it('is kept at its first use, but a JWT at its second', () => {
    memory.keep('api_key', slot, recognition());
    memory.keep('jwt', slot, recognition());
    expect(memory.recall('api_key', slot)).toBeDefined();
    expect(memory.recall('jwt', slot)).toBeUndefined();
    memory.keep('jwt', slot, recognition());
    expect(memory.recall('jwt', slot)).toBeDefined();
  });

  it('is recalled as it was kept, for its own method and slot alone', () => {
    const known = recognition();
    memory.keep('api_key', slot, known);
    expect(memory.recall('api_key', slot)).toBe(known);
    expect(memory.recall('jwt', slot)).toBeUndefined();
    expect(memory.recall('api_key', memory.slotOf('another'))).toBeUndefined();
  });

  it('is recalled for ten seconds after its reading, however often and whenever it was kept', () => {
    const known = recognition();
    for (let passed = 0; passed < FRESH_FOR; passed += 500) {
      keepToken(known);
      expect(memory.recall('jwt', slot)).toBe(known);
      vi.advanceTimersByTime(500);
    }
    keepToken(known);
    expect(memory.recall('jwt', slot)).toBeUndefined();
    expect(memory.recall('jwt', slot, 'usable')).toBeUndefined();
  });

  it('is recalled until its end and not at it, be the store there or not', () => {
    keepToken(recognition({ until: Date.now() + 3000 }));
    vi.advanceTimersByTime(2999);
    expect(memory.recall('jwt', slot)).toBeDefined();
    vi.advanceTimersByTime(1);
    expect(memory.recall('jwt', slot)).toBeUndefined();
    expect(memory.recall('jwt', slot, 'usable')).toBeUndefined();
  });

  it.each(['key_a', 'acct_a'])('is not recalled once %s changed', (name) => {
    memory.keep('api_key', slot, recognition());
    changes.touch(name);
    expect(memory.recall('api_key', slot)).toBeUndefined();
    expect(memory.recall('api_key', slot, 'usable')).toBeUndefined();
  });

  it('is not recalled where the reading began before a change, though it is kept after it', () => {
    const known = recognition();
    changes.touch('key_a');
    memory.keep('api_key', slot, known);
    expect(memory.recall('api_key', slot)).toBeUndefined();
  });

  it('is in doubt recalled only where it is usable', () => {
    const known = recognition();
    memory.keep('api_key', slot, known);
    changes.doubt();
    expect(memory.recall('api_key', slot)).toBeUndefined();
    expect(memory.recall('api_key', slot, 'usable')).toBe(known);
  });

  it('is forgotten by its method alone', () => {
    memory.keep('api_key', slot, recognition());
    keepToken(recognition());
    memory.forget('api_key', slot, readings.begin());
    expect(memory.recall('api_key', slot)).toBeUndefined();
    expect(memory.recall('jwt', slot)).toBeDefined();
  });

  it('is due between 7 and 9.05 s after its reading, and not everything at once', () => {
    const many = Array.from({ length: 300 }, (_, at) =>
      recognition({ stripes: stripesOf(`key_${at}`, `acct_${at}`) }),
    );
    const dueAfter = (passed: number): number => {
      vi.advanceTimersByTime(passed);
      return many.filter((one) => memory.isDue(one)).length;
    };
    expect(dueAfter(7000)).toBe(0);
    const [early, half, late] = [dueAfter(512), dueAfter(512), dueAfter(512)];
    for (const [due, share] of [
      [early, 0.25],
      [half, 0.5],
      [late, 0.75],
    ] as const)
      expect(Math.abs(due / many.length - share)).toBeLessThan(0.15);
    expect(dueAfter(513)).toBe(many.length);
  });

  it('stays in a memory of bounded size', () => {
    const known = recognition();
    for (const [method, size] of [
      ['api_key', 100_000],
      ['jwt', 50_000],
    ] as const) {
      for (let at = 0; at <= 2 * size; at += 1) keepTwice(method, slotAt(at), known);
      expect(memory.recall(method, slotAt(0))).toBeUndefined();
      expect(memory.recall(method, slotAt(2 * size))).toBe(known);
      expect(memory.recall(method, slotAt(size))).toBe(known);
    }
  });
});

describe('a refusal', () => {
  const refusal = new Refusal('wrong_secret', 'key_a');

  it('is remembered for a second at most', () => {
    memory.keepRefusal(slot, refusal, readings.begin());
    vi.advanceTimersByTime(999);
    expect(memory.recallRefusal(slot)).toStrictEqual(refusal);
    vi.advanceTimersByTime(1);
    expect(memory.recallRefusal(slot)).toBeUndefined();
  });

  it('is remembered for a second after its reading, however long that took: what came since may be good', () => {
    const reading = readings.begin();
    vi.advanceTimersByTime(700);
    memory.keepRefusal(slot, refusal, reading);
    vi.advanceTimersByTime(299);
    expect(memory.recallRefusal(slot)).toStrictEqual(refusal);
    vi.advanceTimersByTime(1);
    expect(memory.recallRefusal(slot)).toBeUndefined();
  });

  it.each([
    ['any change', () => changes.touch('key_of_somebody_else')],
    ['a change of everything', () => changes.touchAll()],
    ['a doubt', () => changes.doubt()],
  ])('is dropped by %s: a key that was unknown may be the one that changed', (_, tell) => {
    memory.keepRefusal(slot, refusal, readings.begin());
    tell();
    expect(memory.recallRefusal(slot)).toBeUndefined();
  });

  it('is not recalled where its reading began before a change, though it is kept after it', () => {
    const reading = readings.begin();
    changes.touch('key_a');
    memory.keepRefusal(slot, refusal, reading);
    expect(memory.recallRefusal(slot)).toBeUndefined();
  });

  it('is of one credential, and is no word on what was found good', () => {
    memory.keep('api_key', slot, recognition());
    memory.keepRefusal(slot, refusal, readings.begin());
    expect(memory.recallRefusal(memory.slotOf('another'))).toBeUndefined();
    expect(memory.recall('api_key', slot)).toBeDefined();
  });

  it('stays in a memory of bounded size', () => {
    for (let at = 0; at <= 10_000; at += 1)
      memory.keepRefusal(String(at), refusal, readings.begin());
    expect(memory.recallRefusal('0')).toBeUndefined();
    expect(memory.recallRefusal('10000')).toStrictEqual(refusal);
  });
});
