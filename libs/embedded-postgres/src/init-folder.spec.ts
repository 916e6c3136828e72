import { basename } from 'node:path';

import { describe, expect, it } from 'vitest';

import { initFolderMaker, isAbandoned, newInitFolder } from './init-folder.js';

const name = basename(newInitFolder('/data/postgres'));

describe('a folder in which a cluster is made', () => {
  it('names its maker, which is at work', () => {
    const maker = initFolderMaker(name, 'postgres');
    expect(maker?.pid).toBe(process.pid);
    expect(maker && isAbandoned(maker)).toBe(false);
  });

  it('is abandoned when the maker had our id in an earlier run', () => {
    expect(isAbandoned({ pid: process.pid, run: '0'.repeat(12) })).toBe(true);
  });

  it('is not abandoned while some process has the id of the maker', () => {
    expect(isAbandoned({ pid: process.ppid, run: '0'.repeat(12) })).toBe(false);
  });

  it.each(['postgres', 'postgres.init-', 'postgres.init-1-a-b', `x${name}`, `${name}x`, 'other'])(
    'has a name like no other folder: %s',
    (other) => expect(initFolderMaker(other, 'postgres')).toBeUndefined(),
  );

  it('belongs to one cluster', () => {
    expect(initFolderMaker(name, 'postgre')).toBeUndefined();
  });
});
