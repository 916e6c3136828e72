import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { isMadeSafe } from './home-folder.js';

const parent = mkdtempSync(join(tmpdir(), 'home-folder-'));

afterAll(() => {
  rmSync(parent, { recursive: true });
});

describe('a folder of our own', () => {
  it('is made for all to enter and for nobody else to change, and taken again', async () => {
    const path = join(parent, 'new');
    expect(await isMadeSafe(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(await isMadeSafe(path)).toBe(true);
  });

  it('is not taken when others can write to it', async () => {
    const path = join(parent, 'open');
    mkdirSync(path);
    chmodSync(path, 0o775);
    expect(await isMadeSafe(path)).toBe(false);
  });

  it('is not taken when it is a link', async () => {
    const path = join(parent, 'link');
    symlinkSync(join(parent, 'new'), path);
    expect(await isMadeSafe(path)).toBe(false);
  });

  it('is not made where others could replace it', async () => {
    const shared = join(parent, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    expect(await isMadeSafe(join(shared, 'ours'))).toBe(false);
    chmodSync(shared, 0o1777);
    expect(await isMadeSafe(join(shared, 'ours'))).toBe(true);
  });
});
