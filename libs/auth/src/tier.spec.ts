import { describe, expect, it } from 'vitest';
import { TierLadder } from './tier.js';

const tiers = new TierLadder(['free', 'pro', 'team']);

describe('tiers', () => {
  it('include those below them', () => {
    expect(tiers.includes('pro', 'free')).toBe(true);
    expect(tiers.includes('pro', 'pro')).toBe(true);
    expect(tiers.includes('pro', 'team')).toBe(false);
  });

  it('have a lowest and a highest', () => {
    expect(tiers.lowest('team', 'free', 'pro')).toBe('free');
    expect(tiers.lowest('pro')).toBe('pro');
    expect(tiers.highest).toBe('team');
  });

  it('know their names and nothing else', () => {
    expect([tiers.has('pro'), tiers.has('Pro'), tiers.has('toString'), tiers.has(1)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(() => tiers.includes('pro', 'gold')).toThrow(RangeError);
  });

  it('are at least one, each once', () => {
    expect(() => new TierLadder([])).toThrow(RangeError);
    expect(() => new TierLadder(['a', 'a'])).toThrow(RangeError);
  });
});
