import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../api-keys/store-unavailable.error.js';
import { UnavailableError } from '../auth.errors.js';
import { Refusal } from '../refusal.js';
import { runStrategy, sortingErrors, type RunnableStrategy } from './run-strategy.js';

type Outcome = 'success' | 'fail' | 'error' | 'pass';
type Running = Record<Outcome, (...values: unknown[]) => void>;

/** A strategy that ends in this way, told by nothing but what Passport gives it. */
const ending = (outcome: Outcome, ...values: unknown[]): RunnableStrategy => ({
  authenticate(this: RunnableStrategy) {
    (this as unknown as Running)[outcome](...values);
  },
});

describe('a strategy that the guard runs', () => {
  it('says who calls', async () => {
    const principal = { accountId: 'acct_x' };
    await expect(runStrategy(ending('success', principal), {})).resolves.toBe(principal);
  });

  it('is given the request', async () => {
    const echo: RunnableStrategy = {
      authenticate(this: RunnableStrategy, request) {
        (this as unknown as Running).success(request);
      },
    };
    const request = { rawHeaders: [] };
    await expect(runStrategy(echo, request)).resolves.toBe(request);
  });

  it('refuses for its own reason', async () => {
    const refusal = new Refusal('wrong_secret', 'key_x');
    await expect(runStrategy(ending('fail', refusal, 401), {})).rejects.toBe(refusal);
  });

  it.each<[string, RunnableStrategy]>([
    ['passes', ending('pass')],
    ['fails without a reason', ending('fail')],
    ['fails with a challenge of its parent', ending('fail', 'Bearer realm="clary"', 401)],
  ])('lets nobody in when it %s', async (_, strategy) => {
    await expect(runStrategy(strategy, {})).rejects.toMatchObject({
      name: 'Refusal',
      reason: 'strategy_undecided',
    });
  });

  it('passes on what went wrong', async () => {
    const error = new Error('broken');
    await expect(runStrategy(ending('error', error), {})).rejects.toBe(error);
  });

  it('serves two requests at once and stays as it was', async () => {
    const waiting: Running[] = [];
    const strategy: RunnableStrategy = {
      authenticate(this: RunnableStrategy) {
        waiting.push(this as unknown as Running);
      },
    };
    const answers = [runStrategy(strategy, {}), runStrategy(strategy, {})];
    waiting.forEach((running, at) => running.success(at));
    await expect(Promise.all(answers)).resolves.toEqual([0, 1]);
    expect(Object.keys(strategy)).toEqual(['authenticate']);
  });
});

describe('what goes wrong in a strategy', () => {
  const noted: Refusal[] = [];
  const sorted = (thrown: unknown): [Outcome, ...unknown[]][] => {
    const calls: [Outcome, ...unknown[]][] = [];
    const running = {
      fail: (...values: unknown[]) => void calls.push(['fail', ...values]),
      error: (...values: unknown[]) => void calls.push(['error', ...values]),
    };
    sortingErrors(running, (refusal) => void noted.push(refusal)).error(thrown);
    return calls;
  };

  it('is a refusal: then the next strategy has its turn', () => {
    const refusal = new Refusal('wrong_secret');
    expect(sorted(refusal)).toEqual([['fail', refusal, 401]]);
    expect(noted).toEqual([refusal]);
  });

  it('is an outage: then the answer is 503, and the log has the cause', () => {
    const cause = new Error('connection refused');
    const [call] = sorted(new StoreUnavailableError(cause));
    expect(call?.[0]).toBe('error');
    expect(call?.[1]).toBeInstanceOf(UnavailableError);
    expect(call?.[1]).toMatchObject({ cause });
  });

  it('is anything else: then it stays what it is', () => {
    const error = new TypeError('broken');
    expect(sorted(error)).toEqual([['error', error]]);
  });
});
