import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readPrivateFile, writePrivateFile } from './private-file.js';

const folder = mkdtempSync(join(tmpdir(), 'private-file-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a private file', () => {
  it('is for its owner alone', async () => {
    const path = join(folder, 'file');
    await writePrivateFile(path, 'text', undefined);
    expect(await readPrivateFile(path)).toBe('text');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('replaces a link and is never read through one', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'kept');
    const link = join(folder, 'link');
    symlinkSync(target, link);
    expect(await readPrivateFile(link)).toBeUndefined();
    await writePrivateFile(link, 'new', undefined);
    expect(await readPrivateFile(link)).toBe('new');
    expect(readFileSync(target, 'utf8')).toBe('kept');
  });
});
