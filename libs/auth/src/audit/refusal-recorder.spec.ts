import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthSettings } from '../auth.settings.js';
import { Refusal } from '../refusal.js';
import type { AuditEvent } from './audit-event.entity.js';
import type { AuditEventRepository } from './audit-event.repository.js';
import { RefusalRecorder } from './refusal-recorder.js';
import { MAX_LINES, MINUTE } from './refusal-tally.js';

const request = { requestId: 'first', ip: '192.0.2.1' };
const revoked = new Refusal('key_revoked', 'key_a', 'acct_a');

let written: AuditEvent[][];
let isDown: boolean;
let warnings: unknown[];
let recorder: RefusalRecorder;

const events = {
  insertOnce: (batch: readonly AuditEvent[]): Promise<void> => {
    if (isDown) return Promise.reject(new Error('The database is away'));
    written.push([...batch]);
    return Promise.resolve();
  },
} as unknown as AuditEventRepository;

const recorderOf = (audit: boolean): RefusalRecorder =>
  new RefusalRecorder(events, new AuthSettings({ masterKeys: [], audit }));

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-31T09:00:20.000Z') });
  written = [];
  isDown = false;
  warnings = [];
  for (const level of ['warn', 'error'] as const)
    vi.spyOn(Logger.prototype, level).mockImplementation((line) => void warnings.push(line));
  recorder = recorderOf(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const counts = (): unknown[] => written.flat().map(({ after }) => after?.['count']);

describe('what records refusals', () => {
  it('writes them in one batch once the minute of the clock is over, and not before', async () => {
    recorder.note(revoked, request);
    recorder.note(new Refusal('ip_not_allowed', 'key_b', 'acct_b'), request);
    await vi.advanceTimersByTimeAsync(39_999);
    recorder.note(revoked, { requestId: 'last', ip: null });
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject([
      {
        action: 'authentication.refused',
        at: new Date('2026-01-31T09:00:20.000Z'),
        actor: { type: 'key', key_id: 'key_a', subject: null },
        target: { type: 'api_key', id: 'key_a' },
        accountId: 'acct_a',
        before: null,
        after: { reason: 'key_revoked', count: 2 },
        requestId: 'first',
        ip: '192.0.2.1',
      },
      { after: { reason: 'ip_not_allowed', count: 1 } },
    ]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(written).toHaveLength(1);
  });

  it('writes at shutdown what is left', async () => {
    recorder.note(revoked, request);
    await recorder.beforeApplicationShutdown();
    recorder.note(revoked, request);
    await recorder.onApplicationShutdown();
    expect(counts()).toEqual([1, 1]);
    expect([warnings, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('keeps what the database does not take, says so, and writes it when it can: the same events', async () => {
    isDown = true;
    recorder.note(revoked, request);
    await vi.advanceTimersByTimeAsync(MINUTE);
    recorder.note(revoked, request);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(warnings).toEqual([
      { msg: 'Refusals wait for the audit log', lines: 1, cause: 'The database is away' },
      { msg: 'Refusals wait for the audit log', lines: 2, cause: 'The database is away' },
    ]);
    isDown = false;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(counts()).toEqual([1, 1]);
    expect(new Set(written.flat().map(({ id }) => id)).size).toBe(2);
  });

  it('says how many it could not keep, and how many it loses at the end', async () => {
    isDown = true;
    for (let key = 0; key < MAX_LINES + 3; key += 1)
      recorder.note(new Refusal('key_revoked', `key_${key}`, 'acct_a'), request);
    await recorder.onApplicationShutdown();
    expect(warnings.slice(1)).toEqual([
      { msg: 'Refusals are lost to the audit log', refusals: 3 },
      { msg: 'Refusals are lost to the audit log', lines: MAX_LINES },
    ]);
    isDown = false;
    await recorder.flush();
    expect(written.map(({ length }) => length)).toEqual(Array(MAX_LINES / 1000).fill(1000));
  });

  it('does nothing where nothing is audited', async () => {
    recorder = recorderOf(false);
    recorder.note(revoked, request);
    expect(vi.getTimerCount()).toBe(0);
    await recorder.flush();
    expect(written).toEqual([]);
  });
});
