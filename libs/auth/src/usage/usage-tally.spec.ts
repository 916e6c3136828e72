import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, type CountedRoute } from './usage-line.js';
import { MAX_LINES, UsageTally } from './usage-tally.js';

const at = (time: string): number => Date.parse(`2026-01-31T${time}Z`);
const list: CountedRoute = { template: 'GET /x', permissions: ['x:read'] };
const read: CountedRoute = { template: 'GET /x/{id}', permissions: ['x:read'] };

let tally: UsageTally;
beforeEach(() => {
  tally = new UsageTally();
});

const closed = (): unknown[] => {
  tally.close();
  return tally
    .takeLines(Infinity)
    .map(({ hour, keyId, route, outcome, count }) => [
      hour.toISOString().slice(11, 16),
      keyId,
      route.template,
      outcome,
      count,
    ]);
};

describe('requests', () => {
  it('of one key to one route with one outcome within an hour are one line, with the time of the last', () => {
    tally.count(list, 'key_a', 'allowed', at('09:00:00.000'));
    tally.count(list, 'key_a', 'allowed', at('09:59:59.999'));
    tally.close();
    expect(tally.takeLines(10)).toEqual([
      {
        hour: new Date('2026-01-31T09:00:00.000Z'),
        keyId: 'key_a',
        route: list,
        outcome: 'allowed',
        count: 2,
        lastAt: at('09:59:59.999'),
      },
    ]);
  });

  it('of another key, route, outcome or hour are other lines', () => {
    tally.count(list, 'key_a', 'allowed', at('09:59:59.999'));
    tally.count(list, 'key_a', 'allowed', at('10:00:00.000'));
    tally.count(list, 'key_b', 'allowed', at('10:00:00.001'));
    tally.count(read, 'key_a', 'allowed', at('10:00:00.002'));
    for (const outcome of ['unauthorized', 'forbidden', 'rate_limited'] as const)
      tally.count(list, 'key_a', outcome, at('10:00:00.003'));
    expect(closed()).toEqual([
      ['09:00', 'key_a', 'GET /x', 'allowed', 1],
      ['10:00', 'key_a', 'GET /x', 'allowed', 1],
      ['10:00', 'key_b', 'GET /x', 'allowed', 1],
      ['10:00', 'key_a', 'GET /x/{id}', 'allowed', 1],
      ['10:00', 'key_a', 'GET /x', 'unauthorized', 1],
      ['10:00', 'key_a', 'GET /x', 'forbidden', 1],
      ['10:00', 'key_a', 'GET /x', 'rate_limited', 1],
    ]);
  });

  it('are handed over once, in the order of their hours, and counted on', () => {
    tally.count(list, 'key_a', 'allowed', at('09:59:59.000'));
    tally.count(list, 'key_a', 'allowed', at('10:00:00.000'));
    tally.close();
    tally.count(list, 'key_a', 'allowed', at('10:00:01.000'));
    expect(tally.takeLines(1)).toMatchObject([{ hour: new Date(at('09:00:00')), count: 1 }]);
    expect(closed()).toEqual([
      ['10:00', 'key_a', 'GET /x', 'allowed', 1],
      ['10:00', 'key_a', 'GET /x', 'allowed', 1],
    ]);
    expect(closed()).toEqual([]);
  });

  it('stay in their hour while the clock is set back', () => {
    tally.count(list, 'key_a', 'allowed', at('10:00:00.000'));
    tally.count(list, 'key_a', 'allowed', at('09:59:59.999'));
    expect(closed()).toEqual([['10:00', 'key_a', 'GET /x', 'allowed', 2]]);
  });

  it('beyond the room there is are told by their number, while known counters count on', () => {
    for (let key = 0; key < MAX_LINES + 2; key += 1)
      tally.count(list, `key_${key}`, 'allowed', HOUR);
    tally.count(list, 'key_0', 'allowed', HOUR + 1);
    expect([tally.takeUncounted(), tally.takeUncounted()]).toEqual([2, 0]);
    tally.close();
    expect(tally.takeLines(1)).toMatchObject([{ keyId: 'key_0', count: 2 }]);
    expect(tally.takeLines(Infinity)).toHaveLength(MAX_LINES - 1);
  });

  it('leave room again once their key has not been seen for a while', () => {
    for (let key = 0; key < MAX_LINES; key += 1) tally.count(list, `key_${key}`, 'allowed', HOUR);
    closed();
    tally.count(read, 'key_new', 'allowed', HOUR);
    expect(tally.takeUncounted()).toBe(1);
    closed();
    tally.count(read, 'key_new', 'allowed', HOUR);
    expect(closed()).toEqual([['01:00', 'key_new', 'GET /x/{id}', 'allowed', 1]]);
  });
});

describe('permissions that a key had need of', () => {
  it('are kept once for each key, with the last time, and handed over once', () => {
    tally.note('key_a', 'admin', 1);
    tally.note('key_b', 'admin', 2);
    tally.note('key_a', 'x:read', 3);
    tally.note('key_a', 'admin', 4);
    expect(tally.takeNotes(Infinity)).toEqual([
      { keyId: 'key_a', permission: 'admin', lastAt: 4 },
      { keyId: 'key_b', permission: 'admin', lastAt: 2 },
      { keyId: 'key_a', permission: 'x:read', lastAt: 3 },
    ]);
    expect(tally.takeNotes(Infinity)).toEqual([]);
  });

  it('take bounded room', () => {
    for (let key = 0; key < MAX_LINES + 1; key += 1) tally.note(`key_${key}`, 'admin', 1);
    tally.note('key_0', 'admin', 2);
    const notes = tally.takeNotes(Infinity);
    expect([notes.length, notes[0]?.lastAt]).toEqual([MAX_LINES, 2]);
  });
});
