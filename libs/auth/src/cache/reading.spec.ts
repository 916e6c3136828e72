import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeClock, stripesOf } from './change-clock.js';
import { ageOf, FRESH_FOR, Readings, type Reading } from './reading.js';

const STRIPES = stripesOf('key_a', 'acct_a');

let changes: ChangeClock;
let readings: Readings;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  changes = new ChangeClock();
  readings = new Readings(changes);
});

afterEach(() => {
  vi.useRealTimers();
});

const isCurrent = (reading: Reading): boolean => readings.stands('current', reading, STRIPES);
const isUsable = (reading: Reading): boolean => readings.stands('usable', reading, STRIPES);
const standings = (reading: Reading): boolean[] => [isCurrent(reading), isUsable(reading)];

/** Sets the clock that people set; the other goes on. */
const setClock = (by: number): void => void vi.setSystemTime(Date.now() + by);

describe('what was read', () => {
  it('counts for ten seconds and not a millisecond longer', () => {
    const reading = readings.begin();
    vi.advanceTimersByTime(FRESH_FOR - 1);
    expect(standings(reading)).toEqual([true, true]);
    vi.advanceTimersByTime(1);
    expect(standings(reading)).toEqual([false, false]);
    expect(ageOf(reading)).toBe(FRESH_FOR);
  });

  it('counts no longer for being asked about', () => {
    const reading = readings.begin();
    for (let passed = 0; passed < FRESH_FOR; passed += 100) {
      expect(isCurrent(reading)).toBe(true);
      vi.advanceTimersByTime(100);
    }
    expect(isCurrent(reading)).toBe(false);
  });

  it('counts no longer where the clock is set back', () => {
    const reading = readings.begin();
    setClock(-3_600_000);
    vi.advanceTimersByTime(FRESH_FOR - 1);
    expect(isCurrent(reading)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(standings(reading)).toEqual([false, false]);
  });

  it('counts no longer once the clock went on by ten seconds: the machine may have slept', () => {
    const reading = readings.begin();
    setClock(FRESH_FOR - 1);
    expect(standings(reading)).toEqual([true, true]);
    setClock(1);
    expect(ageOf(reading)).toBe(0);
    expect(standings(reading)).toEqual([false, false]);
  });

  it('counts no longer once one of its names or everything is told to have changed', () => {
    for (const tell of [
      () => changes.touch('key_a'),
      () => changes.touch('acct_a'),
      () => changes.touchAll(),
    ]) {
      const reading = readings.begin();
      changes.touch('key_b');
      expect(standings(reading)).toEqual([true, true]);
      tell();
      expect(standings(reading)).toEqual([false, false]);
    }
  });

  it('is to be read again after a doubt, and counts where it cannot be', () => {
    const reading = readings.begin();
    changes.doubt();
    expect(standings(reading)).toEqual([false, true]);
    expect(standings(readings.begin())).toEqual([true, true]);
    vi.advanceTimersByTime(FRESH_FOR);
    expect(standings(reading)).toEqual([false, false]);
  });

  it('is the latest until anything at all changes, or is in doubt', () => {
    for (const tell of [
      () => changes.touch('key_z'),
      () => changes.touchAll(),
      () => changes.doubt(),
    ]) {
      const reading = readings.begin();
      vi.advanceTimersByTime(60_000);
      expect(readings.isLatest(reading)).toBe(true);
      tell();
      expect(readings.isLatest(reading)).toBe(false);
    }
  });
});

describe('the mark of a reading', () => {
  it('is shared for 50 ms from the earliest on, and no longer', () => {
    const first = readings.begin();
    vi.advanceTimersByTime(49);
    expect(readings.begin()).toBe(first);
    vi.advanceTimersByTime(1);
    expect(readings.begin()).not.toBe(first);
  });

  it('is never younger than the reading, knows every change before it and is at most 50 ms older', () => {
    const wait = fc.nat({ max: 80 });
    const tell = fc.constantFrom('touch', 'touchAll', 'doubt', 'nothing');
    fc.assert(
      fc.property(fc.array(fc.tuple(wait, tell), { maxLength: 40 }), (steps) => {
        for (const [passed, told] of steps) {
          vi.advanceTimersByTime(passed);
          if (told === 'touch') changes.touch('any');
          else if (told === 'touchAll') changes.touchAll();
          else if (told === 'doubt') changes.doubt();
          const mark = readings.begin();
          expect(mark.asOf).toBe(changes.now);
          expect(ageOf(mark)).toBeGreaterThanOrEqual(0);
          expect(ageOf(mark)).toBeLessThan(50);
          expect(Date.now() - mark.wallAt).toBe(ageOf(mark));
        }
      }),
    );
  });
});
