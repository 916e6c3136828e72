import { describe, expect, it } from 'vitest';

import { readOptions } from './options.js';

describe('the options', () => {
  it('get their defaults and an absolute path', () => {
    expect(readOptions({ dataDir: 'data/postgres' })).toMatchObject({
      dataDir: `${process.cwd()}/data/postgres`,
      database: 'postgres',
      whenRunning: 'refuse',
      lease: 'long',
    });
  });

  it('keep what the log throws away from the database', () => {
    const told: string[] = [];
    const log = (line: string) => {
      told.push(line);
      throw new Error('no room for a log');
    };
    readOptions({ dataDir: 'a', log }).log('line');
    expect(told).toEqual(['line']);
  });

  it.each([
    { dataDir: '' },
    { dataDir: 'a\0b' },
    { dataDir: 'a\nb' },
    { dataDir: 7 },
    {},
    { dataDir: 'a', database: '' },
    { dataDir: 'a', database: 'ä'.repeat(32) },
    { dataDir: 'a', database: 'a\0' },
    { dataDir: 'a', database: 'a/b' },
    { dataDir: 'a', whenRunning: 'delete' },
    { dataDir: 'a', lease: 'brief' },
  ])('are refused in the form %j', (options) => {
    expect(() => readOptions(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });
});
