import { describe, expect, it } from 'vitest';

import { parsePostmasterFile } from './postmaster-file.js';

const WHOLE = '123\n/data\n1700000000\n25432\n\n127.0.0.1\n  345 6\nready   \n';

describe('postmaster.pid', () => {
  it('tells the process, the port and the status', () => {
    expect(parsePostmasterFile(WHOLE)).toEqual({ pid: 123, port: 25_432, status: 'ready' });
  });

  it('may be half written', () => {
    expect(parsePostmasterFile('123\n/da')).toEqual({ pid: 123, port: 0, status: 'unknown' });
  });

  it('may be of a server for a single user', () => {
    expect(parsePostmasterFile('-123\n')?.pid).toBe(123);
  });

  it.each(['', '\n', 'text', '0\n'])('may be worthless: %j', (text) => {
    expect(parsePostmasterFile(text)).toBeUndefined();
  });
});
