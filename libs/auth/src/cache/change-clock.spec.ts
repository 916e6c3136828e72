import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangeClock, namesOfAccount, namesOfKey, signersOf, stripesOf } from './change-clock.js';

const name = fc.string({ maxLength: 24 });

/** What may happen to the clock, and how the readers of a model would take it. */
type Step =
  | { readonly type: 'touch'; readonly name: string }
  | { readonly type: 'touchAll' }
  | { readonly type: 'doubt' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('touch' as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('touchAll' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('doubt' as const) }) },
);

function take(clock: ChangeClock, taken: Step): void {
  if (taken.type === 'touch') clock.touch(taken.name);
  else clock[taken.type]();
}

/** Two names of one stripe, found by looking: there are 32,768 of them. */
function collidingNames(): [string, string] {
  const byStripes = new Map<number, string>();
  for (let at = 0; ; at += 1) {
    const candidate = `name_${at}`;
    const stripes = stripesOf(candidate, candidate);
    const other = byStripes.get(stripes);
    if (other !== undefined) return [other, candidate];
    byStripes.set(stripes, candidate);
  }
}

describe('the clock of changes', () => {
  it('misses no change of either name, whatever else happens and whichever stripes collide', () => {
    fc.assert(
      fc.property(
        fc.array(step),
        fc.array(step, { minLength: 1 }),
        name,
        name,
        (before, after, one, other) => {
          const clock = new ChangeClock();
          for (const taken of before) take(clock, taken);
          const since = clock.now;
          for (const taken of after) take(clock, taken);
          const isTold = after.some(
            (taken) =>
              taken.type === 'touchAll' ||
              (taken.type === 'touch' && [one, other].includes(taken.name)),
          );
          const isDoubted = after.some(({ type }) => type === 'doubt');
          if (isTold) expect(clock.areUnchanged(stripesOf(one, other), since)).toBe(false);
          expect(clock.isCertain(since)).toBe(!isDoubted);
          expect(clock.now).toBe(since + after.length);
          expect(clock.areUnchanged(stripesOf(one, other), clock.now)).toBe(true);
          expect(clock.isCertain(clock.now)).toBe(true);
        },
      ),
    );
  });

  it('takes names that share a stripe for changed together', () => {
    const [one, other] = collidingNames();
    const clock = new ChangeClock();
    clock.touch(other);
    expect(clock.areUnchanged(stripesOf(one, 'elsewhere'), 0)).toBe(false);
    expect(clock.areUnchanged(stripesOf('elsewhere', one), 0)).toBe(false);
  });

  it('leaves alone what has nothing to do with a change: ids are spread', () => {
    const clock = new ChangeClock();
    clock.touch('key_0000000000000000');
    const ids = Array.from({ length: 1000 }, (_, at) => `key_${String(at + 1).padStart(16, '0')}`);
    const changed = ids.filter((id) => !clock.areUnchanged(stripesOf(id, id), 0));
    expect(changed.length).toBeLessThan(5);
    expect(new Set(ids.map((id) => stripesOf(id, id))).size).toBeGreaterThan(950);
  });

  it('knows both names of a pair, in either order, and packs them into a small integer', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        for (const touched of [one, other]) {
          const clock = new ChangeClock();
          clock.touch(touched);
          expect(clock.areUnchanged(stripesOf(one, other), 0)).toBe(false);
          expect(clock.areUnchanged(stripesOf(other, one), 0)).toBe(false);
        }
        expect(stripesOf(one, other)).toBeGreaterThanOrEqual(0);
        expect(stripesOf(one, other)).toBeLessThan(2 ** 30);
      }),
    );
  });

  it('doubts without calling anything changed, and calls everything changed without a doubt', () => {
    const clock = new ChangeClock();
    clock.doubt();
    expect([clock.isCertain(0), clock.areUnchanged(stripesOf('a', 'b'), 0)]).toEqual([false, true]);
    clock.touchAll();
    expect([clock.isCertain(1), clock.areUnchanged(stripesOf('a', 'b'), 1)]).toEqual([true, false]);
  });
});

describe('the names of what changes', () => {
  it('are a key and the signers of its account, and an account and its signers', () => {
    expect(signersOf('acct_a')).toBe('@acct_a');
    expect(namesOfKey({ id: 'key_a', accountId: 'acct_a' })).toEqual(['key_a', '@acct_a']);
    expect(namesOfAccount({ id: 'acct_a' })).toEqual(['acct_a', '@acct_a']);
  });
});
