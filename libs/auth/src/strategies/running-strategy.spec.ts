import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../api-keys/store-unavailable.error.js';
import { UnavailableError } from '../auth.errors.js';
import { Refusal } from '../refusal.js';
import { sortingErrors } from './running-strategy.js';

type Outcome = 'fail' | 'error';

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
