import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthSettings } from '../auth.settings.js';
import type { UsageBatch } from './usage-batch.js';
import type { CountedRoute } from './usage-line.js';
import { UsageRecorder, WRITE_INTERVAL } from './usage-recorder.js';
import { MAX_LINES } from './usage-tally.js';
import type { UsageRepository } from './usage.repository.js';

const route: CountedRoute = { template: 'GET /x/{id}', permissions: ['x:read'] };

/** What was sent: the number of the batch and the counts in it. */
type Sent = [number, number[]];

let sent: Sent[];
let isDown: boolean;
let writers: Set<string>;
let warnings: unknown[];
let recorder: UsageRecorder;

const repository = {
  addOnce: (writer: string, number: number, { lines }: UsageBatch): Promise<void> => {
    writers.add(writer);
    sent.push([number, lines.map(({ count }) => count)]);
    return isDown ? Promise.reject(new Error('The database is away')) : Promise.resolve();
  },
} as unknown as UsageRepository;

const recorderOf = (usage: boolean): UsageRecorder =>
  new UsageRecorder(repository, new AuthSettings({ masterKeys: [], usage }));

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-31T09:00:20.000Z') });
  [sent, writers, warnings, isDown] = [[], new Set(), [], false];
  for (const level of ['warn', 'error'] as const)
    vi.spyOn(Logger.prototype, level).mockImplementation((line) => void warnings.push(line));
  recorder = recorderOf(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

describe('what records usage', () => {
  it('writes in one batch ten seconds after the first request, and then nothing until there are others', async () => {
    recorder.count(route, 'key_a', 'allowed');
    await pass(WRITE_INTERVAL - 1);
    recorder.count(route, 'key_a', 'allowed');
    recorder.count(route, 'key_b', 'forbidden');
    expect(sent).toEqual([]);
    await pass(1);
    expect(sent).toEqual([[1, [2, 1]]]);
    expect(vi.getTimerCount()).toBe(0);
    recorder.notePermission('key_a', 'admin');
    await pass(WRITE_INTERVAL);
    expect(sent.slice(1)).toEqual([[2, []]]);
  });

  it('writes at shutdown what is left', async () => {
    recorder.count(route, 'key_a', 'allowed');
    await recorder.beforeApplicationShutdown();
    recorder.count(route, 'key_a', 'allowed');
    await recorder.onApplicationShutdown();
    expect(sent).toEqual([
      [1, [1]],
      [2, [1]],
    ]);
    expect([warnings, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('sends again, under its number and as it was, what it does not know to be written; what came since follows', async () => {
    isDown = true;
    recorder.count(route, 'key_a', 'allowed');
    await pass(WRITE_INTERVAL);
    recorder.count(route, 'key_a', 'allowed');
    recorder.count(route, 'key_b', 'allowed');
    await pass(WRITE_INTERVAL);
    recorder.count(route, 'key_a', 'allowed');
    isDown = false;
    await pass(WRITE_INTERVAL);
    expect(sent).toEqual([
      [1, [1]],
      [1, [1]],
      [1, [1]],
      [2, [2, 1]],
    ]);
    expect(writers.size).toBe(1);
    const warning = { msg: 'Usage waits for the database', cause: 'The database is away' };
    expect(warnings).toEqual([warning, warning]);
  });

  it('tries again by itself', async () => {
    isDown = true;
    recorder.count(route, 'key_a', 'allowed');
    await pass(WRITE_INTERVAL);
    isDown = false;
    await pass(WRITE_INTERVAL);
    expect(sent).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('says how many it could not keep, and how many it loses at the end', async () => {
    isDown = true;
    for (let key = 0; key < MAX_LINES + 3; key += 1) recorder.count(route, `key_${key}`, 'allowed');
    await recorder.flush();
    recorder.count(route, 'key_0', 'allowed');
    await recorder.onApplicationShutdown();
    const lost = (requests: number) => ({ msg: 'Requests are lost to the usage', requests });
    const errors = warnings.filter((line) => 'requests' in (line as object));
    expect(errors).toEqual([lost(3), lost(MAX_LINES + 1)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sets aside what the database refuses, says so, and goes on with what follows', async () => {
    recorder.count(route, 'key_a', 'allowed');
    const refusal = Object.assign(new Error('value out of range'), { code: '22003' });
    vi.spyOn(repository, 'addOnce').mockRejectedValueOnce(refusal);
    await recorder.flush();
    recorder.count(route, 'key_b', 'allowed');
    await recorder.flush();
    expect(sent).toEqual([[2, [1]]]);
    const cause = 'value out of range';
    expect(warnings).toEqual([{ msg: 'The database refuses usage', requests: 1, cause }]);
  });

  it('stops though the database answers no more, and says what is lost', async () => {
    recorder.count(route, 'key_a', 'allowed');
    vi.spyOn(repository, 'addOnce').mockReturnValue(new Promise(() => undefined));
    const stopping = recorder
      .beforeApplicationShutdown()
      .then(() => recorder.onApplicationShutdown());
    await pass(7000);
    await stopping;
    expect(warnings).toEqual([{ msg: 'Requests are lost to the usage', requests: 1 }]);
  });

  it('keeps no more than there is room for, hour after hour, and says how many requests it could not', async () => {
    isDown = true;
    const HOUR = 3_600_000;
    for (let hour = 0; hour < 4; hour += 1) {
      for (let key = 0; key < 20_000; key += 1) recorder.count(route, `key_${key}`, 'allowed');
      vi.setSystemTime(Date.now() + HOUR);
    }
    await recorder.flush();
    const [error] = warnings.filter((line) => 'requests' in (line as object));
    expect(error).toMatchObject({ msg: 'Requests are lost to the usage' });
    expect((error as { requests: number }).requests).toBeGreaterThanOrEqual(
      80_000 - MAX_LINES - 20_000,
    );
  });

  it('writes many in batches', async () => {
    for (let key = 0; key < 2500; key += 1) recorder.count(route, `key_${key}`, 'allowed');
    await recorder.flush();
    expect(sent.map(([number, counts]) => [number, counts.length])).toEqual([
      [1, 1000],
      [2, 1000],
      [3, 500],
    ]);
  });

  it('is another writer in each process', async () => {
    for (const each of [recorder, recorderOf(true)]) {
      each.count(route, 'key_a', 'allowed');
      await each.flush();
    }
    expect(writers.size).toBe(2);
  });

  it('does nothing where usage is not asked for', async () => {
    recorder = recorderOf(false);
    recorder.count(route, 'key_a', 'allowed');
    recorder.notePermission('key_a', 'admin');
    expect(vi.getTimerCount()).toBe(0);
    await recorder.flush();
    expect(sent).toEqual([]);
  });
});
