import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './unavailable.js';

const withCode = (code: string): Error => Object.assign(new Error('It failed'), { code });

describe('a database that cannot be asked', () => {
  it.each([
    ['refuses connections', withCode('ECONNREFUSED')],
    ['refuses them on every address', new AggregateError([withCode('ECONNREFUSED')])],
    ['shuts down', new QueryFailedError('SELECT 1', [], withCode('57P01'))],
    ['has no room', withCode('53300')],
    ['went away in the middle of a transaction', new QueryRunnerAlreadyReleasedError()],
    ['went away between two statements', new QueryRunnerProviderAlreadyReleasedError()],
    ['does not answer', new Error('Query read timeout')],
  ])('%s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each([
    ['was asked something wrong', new QueryFailedError('SELECT 1/0', [], withCode('22012'))],
    ['was not asked', new TypeError('x is not a function')],
  ])('is not one that %s', (_, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
