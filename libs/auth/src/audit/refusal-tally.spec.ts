import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.js';
import { MAX_LINES, RefusalTally } from './refusal-tally.js';

const at = (time: string): Date => new Date(`2026-01-31T${time}Z`);
const request = { requestId: 'first', ip: '192.0.2.1' };
const revoked = new Refusal('key_revoked', 'key_a', 'acct_a');

let tally: RefusalTally;
beforeEach(() => {
  tally = new RefusalTally();
});

const counts = (): unknown[] =>
  tally.next(Infinity).map(({ keyId, reason, count }) => [keyId, reason, count]);

describe('refusals', () => {
  it('of one key, reason and minute are one line, with what is known of the first', () => {
    tally.add(revoked, request, at('09:00:00.000'));
    tally.add(revoked, { requestId: 'second', ip: null }, at('09:00:59.999'));
    tally.close('now');
    expect(tally.next(10)).toMatchObject([
      { ...request, at: at('09:00:00.000'), keyId: 'key_a', accountId: 'acct_a', count: 2 },
    ]);
  });

  it('of another key, reason or minute are other lines', () => {
    tally.add(revoked, request, at('09:00:59.999'));
    tally.add(revoked, request, at('09:01:00.000'));
    tally.add(new Refusal('ip_not_allowed', 'key_a', 'acct_a'), request, at('09:01:00.000'));
    tally.add(new Refusal('key_revoked', 'key_b', 'acct_a'), request, at('09:01:00.000'));
    tally.close('now');
    expect(counts()).toEqual([
      ['key_a', 'key_revoked', 1],
      ['key_a', 'key_revoked', 1],
      ['key_a', 'ip_not_allowed', 1],
      ['key_b', 'key_revoked', 1],
    ]);
  });

  it.each([
    new Refusal('wrong_secret', 'key_a'),
    new Refusal('wrong_signature', 'key_a'),
    new Refusal('unknown_key', 'key_a'),
    new Refusal('no_credential'),
    new Refusal('kid_required'),
  ])('of a stranger are none: $reason', (refusal) => {
    tally.add(refusal, request, at('09:00:00.000'));
    expect(tally.size).toBe(0);
  });

  it('count on while their minute lasts, and are kept until they are written', () => {
    tally.add(revoked, request, at('09:00:10.000'));
    tally.close(at('09:00:59.999'));
    expect(counts()).toEqual([]);
    tally.add(revoked, request, at('09:00:59.999'));
    tally.close(at('09:01:00.000'));
    expect(counts()).toEqual([['key_a', 'key_revoked', 2]]);
    expect(counts()).toEqual([['key_a', 'key_revoked', 2]]);
    tally.forget(1);
    expect(tally.size).toBe(0);
  });

  it('that come while their line is written are a line of their own', () => {
    tally.add(revoked, request, at('09:00:10.000'));
    tally.close('now');
    tally.add(revoked, request, at('09:00:10.001'));
    tally.forget(1);
    tally.close('now');
    expect(counts()).toEqual([['key_a', 'key_revoked', 1]]);
  });

  it('beyond the room there is are told by their number, while known lines count on', () => {
    for (let key = 0; key < MAX_LINES + 2; key += 1)
      tally.add(new Refusal('key_revoked', `key_${key}`, 'acct_a'), request, at('09:00:00.000'));
    tally.add(new Refusal('key_revoked', 'key_0', 'acct_a'), request, at('09:00:01.000'));
    tally.close('now');
    expect(tally.size).toBe(MAX_LINES);
    expect(counts()[0]).toEqual(['key_0', 'key_revoked', 2]);
    expect([tally.takeUncounted(), tally.takeUncounted()]).toEqual([2, 0]);
  });
});
