import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { lastLines, logSize, trimLog } from './server-log.js';

const folder = mkdtempSync(join(tmpdir(), 'server-log-'));
const log = join(folder, 'server.log');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the server's log", () => {
  it('is quoted from where a start began', async () => {
    writeFileSync(log, 'old\n');
    const size = await logSize(log);
    writeFileSync(log, 'new 1\n\nnew 2\n', { flag: 'a' });
    expect(await lastLines(log, size)).toBe('new 1\nnew 2');
    expect(await lastLines(log, await logSize(log))).toBe('');
  });

  it('is cut down to its end once it is long', async () => {
    writeFileSync(log, `${'x'.repeat(100)}end`);
    await trimLog(log, 200, 3);
    expect(readFileSync(log, 'utf8')).toHaveLength(103);
    await trimLog(log, 100, 3);
    expect(readFileSync(log, 'utf8')).toBe('end');
  });

  it('may be missing', async () => {
    const missing = join(folder, 'missing');
    expect(await logSize(missing)).toBe(0);
    expect(await lastLines(missing)).toBe('');
    await expect(trimLog(missing)).resolves.toBeUndefined();
  });

  it('is never a link, which could lead anywhere', async () => {
    const target = join(folder, 'secret');
    writeFileSync(target, 'x'.repeat(100));
    const link = join(folder, 'link');
    symlinkSync(target, link);
    expect(await lastLines(link)).toBe('');
    await trimLog(link, 10, 1);
    expect(readFileSync(target, 'utf8')).toHaveLength(100);
  });
});
