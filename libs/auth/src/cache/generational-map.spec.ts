import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GenerationalMap } from './generational-map.js';

const SIZE = 3;
const LIFETIME = 100;

interface Value {
  readonly text: string;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const valueOf = (text: string): Value => ({ text });

function filled(...keys: string[]): GenerationalMap<string, Value> {
  const map = new GenerationalMap<string, Value>(SIZE, LIFETIME);
  for (const key of keys) map.set(key, valueOf(key));
  return map;
}

function held(map: GenerationalMap<string, Value>, keys: readonly string[]): string[] {
  return keys.filter((key) => map.get(key) !== undefined);
}

/** Entries that are held, reachable or not: what memory pays for. */
function sizeOf(map: GenerationalMap<string, Value>): number {
  const held = Object.values(map).filter((part) => part instanceof Map);
  return held.reduce((size, part) => size + part.size, 0);
}

type Step =
  | { readonly type: 'set' | 'get' | 'delete'; readonly key: string }
  | { readonly type: 'wait'; readonly for: number };

const KEYS = 'a b c d e f g h i j'.split(' ');
const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constantFrom('set' as const, 'get' as const, 'delete' as const), key }),
  fc.record({ type: fc.constant('wait' as const), for: fc.nat({ max: 2 * LIFETIME }) }),
);

/** The same, as slowly and plainly as can be: what was set or asked for, in order, with the number of its generation. */
class Model {
  private generation = 0;
  private since = performance.now();
  private readonly entries = new Map<string, { value: Value; generation: number }>();

  get(asked: string): Value | undefined {
    const entry = this.alive().get(asked);
    if (entry !== undefined && entry.generation < this.generation) this.set(asked, entry.value);
    return entry?.value;
  }

  set(asked: string, value: Value): void {
    const young = [...this.alive()].filter(([, entry]) => entry.generation === this.generation);
    const isFull = young.length >= SIZE && !young.some(([name]) => name === asked);
    if (isFull || performance.now() - this.since > LIFETIME) {
      this.generation += 1;
      this.since = performance.now();
    }
    this.entries.set(asked, { value, generation: this.generation });
  }

  delete(asked: string): void {
    this.entries.delete(asked);
  }

  alive(): Map<string, { value: Value; generation: number }> {
    for (const [name, { generation }] of this.entries)
      if (generation < this.generation - 1) this.entries.delete(name);
    return this.entries;
  }
}

describe('a map of two generations', () => {
  it('is what a plain model of it says, and never holds more than twice its size', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new GenerationalMap<string, Value>(SIZE, LIFETIME);
        const model = new Model();
        let count = 0;
        for (const taken of steps) {
          if (taken.type === 'wait') vi.advanceTimersByTime(taken.for);
          else if (taken.type === 'get') expect(map.get(taken.key)).toBe(model.get(taken.key));
          else if (taken.type === 'delete') {
            map.delete(taken.key);
            model.delete(taken.key);
          } else {
            const value = valueOf(String((count += 1)));
            map.set(taken.key, value);
            model.set(taken.key, value);
          }
          expect(sizeOf(map)).toBeLessThanOrEqual(2 * SIZE);
        }
        for (const asked of KEYS) expect(map.get(asked)).toBe(model.get(asked));
      }),
    );
  });

  it('forgets the generation before the last once the young one is full', () => {
    const map = filled('a', 'b', 'c', 'd', 'e', 'f');
    expect(held(map, ['f', 'e', 'd'])).toEqual(['f', 'e', 'd']);
    map.set('g', valueOf('g'));
    expect(held(map, ['a', 'b', 'c'])).toEqual([]);
  });

  it('keeps what is asked for, however much comes after it', () => {
    const map = filled('wanted');
    for (let at = 0; at < 100; at += 1) {
      map.set(`other_${at}`, valueOf('other'));
      expect(map.get('wanted')).toEqual(valueOf('wanted'));
    }
  });

  it('takes a new value for what it has without making room', () => {
    const map = filled('a', 'b', 'c');
    map.set('c', valueOf('new'));
    expect(map.get('c')).toEqual(valueOf('new'));
    map.set('d', valueOf('d'));
    expect(held(map, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets what nobody asked for in two lifetimes, though there is room', () => {
    const map = filled('a');
    vi.advanceTimersByTime(LIFETIME);
    map.set('b', valueOf('b'));
    vi.advanceTimersByTime(1);
    map.set('c', valueOf('c'));
    vi.advanceTimersByTime(LIFETIME + 1);
    map.set('d', valueOf('d'));
    expect(held(map, ['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
  });

  it('keeps without end what is to have no lifetime', () => {
    const map = new GenerationalMap<string, Value>(SIZE, Infinity);
    map.set('a', valueOf('a'));
    vi.advanceTimersByTime(1e9);
    map.set('b', valueOf('b'));
    vi.advanceTimersByTime(1e9);
    map.set('c', valueOf('c'));
    expect(held(map, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  });

  it('deletes from both generations: an older value does not come back', () => {
    const map = filled('a', 'b', 'c', 'd');
    map.set('a', valueOf('newer'));
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
    expect(held(map, ['b', 'c', 'd'])).toEqual(['b', 'c', 'd']);
  });
});
