import { describe, expect, it } from 'vitest';

import { isAlive, isPostgresOn, mayServe, parentOf } from './process-table.js';

describe('the process table', () => {
  it('knows who lives and who their parents are', async () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(await parentOf(process.pid)).toBe(process.ppid);
    expect(isAlive(2 ** 30)).toBe(false);
    expect(await parentOf(2 ** 30)).toBeUndefined();
  });

  it('does not take any process in a folder for its server', async () => {
    expect(await isPostgresOn(process.pid, process.cwd())).toBe(false);
  });

  it.each([
    ['/bin/postgres -D /data/a -c port=1', true],
    ['/bin/postgres -D /data/a', true],
    ['/bin/postgres', true],
    ['/bin/postgres -D /data/ab', false],
    ['/bin/postgres -D /data -c port=1', false],
  ])('reads from "%s" whether it may serve /data/a', (line, expected) => {
    expect(mayServe(line, '/data/a')).toBe(expected);
  });
});
