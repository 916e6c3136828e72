import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SeenSlots } from './seen-slots.js';

const slot = (): string => randomBytes(32).toString('latin1');

describe('what was seen before', () => {
  it('is told from what is new', () => {
    const seen = new SeenSlots();
    const slots = Array.from({ length: 100 }, slot);
    const [first, second] = [slots.map((one) => seen.see(one)), slots.map((one) => seen.see(one))];
    expect(first).not.toContain(true);
    // Two that share a place push each other out, which of a hundred hardly any do.
    expect(second.filter((isSeen) => isSeen).length).toBeGreaterThan(95);
  });

  it('is forgotten once another takes its place, and differs from it in any of six characters', () => {
    const seen = new SeenSlots();
    const one = 'abcdef';
    for (const other of ['abXdef', 'abcXef', 'abcdXf', 'abcdeX']) {
      seen.see(one);
      expect(seen.see(other)).toBe(false);
      expect(seen.see(one)).toBe(false);
    }
    for (const elsewhere of ['Xbcdef', 'aXcdef']) {
      seen.see(elsewhere);
      expect(seen.see(one)).toBe(true);
    }
  });
});
