import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimitError, withinLimit } from './time-limit.js';

const never = new Promise<never>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('work that may take so long', () => {
  it('gives what it comes to, and leaves no timer behind', async () => {
    await expect(withinLimit(10, Promise.resolve('done'), 'late')).resolves.toBe('done');
    await expect(withinLimit(10, Promise.reject(new Error('broken')), 'late')).rejects.toThrow(
      'broken',
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for until its time is up, and not longer', async () => {
    const outcome = vi.fn();
    withinLimit(10, never, 'late').catch(outcome);
    await vi.advanceTimersByTimeAsync(9);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2);
    expect(outcome).toHaveBeenCalledExactlyOnceWith(new TimeLimitError('late'));
  });

  it('counts as in time where its outcome is there once its time is noticed to be up', async () => {
    vi.useRealTimers();
    const work = new Promise((resolve) => {
      setImmediate(() => resolve('done'));
    });
    const outcome = withinLimit(1, work, 'late');
    const heldUpUntil = performance.now() + 10;
    while (performance.now() < heldUpUntil);
    await expect(outcome).resolves.toBe('done');
  });
});
