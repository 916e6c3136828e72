import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checked,
  duration,
  expiry,
  json,
  list,
  optionOf,
  orNone,
  past,
  valueOf,
} from './arguments.js';

const DAY = 86_400_000;

describe('an option', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 7 * DAY],
  ])('that is a span of time is seconds or has a unit: %s', (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds);
  });

  it.each(['', '1w', '-1d', '1.5h', 'd', '7 d'])('that is no span is refused: %j', (text) => {
    expect(() => duration(text)).toThrow(InvalidArgumentError);
  });

  it('that is a time is a date, RFC 3339, or a span', () => {
    expect(expiry('2030-01-31')).toBe('2030-01-31T00:00:00.000Z');
    expect(expiry('2030-01-31T09:30:00+02:00')).toBe('2030-01-31T07:30:00.000Z');
    expect(valueOf(orNone('never', expiry)('never'))).toBeNull();
    expect(valueOf(orNone('never', expiry)('2030-01-31'))).toBe('2030-01-31T00:00:00.000Z');
    expect(Date.parse(expiry('7d')) - Date.now()).toBeGreaterThan(7 * DAY - 60_000);
    expect(Date.now() - past('7d').getTime()).toBeGreaterThanOrEqual(7 * DAY);
    expect(past('2020-01-31')).toEqual(new Date('2020-01-31T00:00:00Z'));
  });

  it.each(['tomorrow', '2030', '2030-02-30', '31.01.2030', '2030-01-31T09:30', '999999999d'])(
    'that is no time is refused: %s',
    (text) => {
      expect(() => expiry(text)).toThrow(InvalidArgumentError);
    },
  );

  it('that is a list is split at commas, and has no empty item', () => {
    expect(list('a, b:*,c')).toEqual(['a', 'b:*', 'c']);
    expect(() => list('a,,b')).toThrow(InvalidArgumentError);
  });

  it('that is JSON is read', () => {
    expect(json('{"team":"billing"}')).toEqual({ team: 'billing' });
    expect(() => json('team')).toThrow(InvalidArgumentError);
  });

  it('goes by its own name where a schema refuses it', () => {
    const schema = z.strictObject({ account_id: z.string(), rate_limit: z.int().optional() });
    expect(checked(schema, { account_id: 'a', rate_limit: undefined })).toEqual({
      account_id: 'a',
    });
    expect(() => checked(schema, { account_id: 1 })).toThrow(/^--account: /);
    expect(() => checked(schema, { account_id: 'a', rate_limit: 0.5 })).toThrow(/^--rate-limit: /);
    expect(optionOf('allowedIps')).toBe('--allowed-ips');
  });
});
