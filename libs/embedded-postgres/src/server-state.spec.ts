import { describe, expect, it } from 'vitest';

import { parseState } from './server-state.js';

describe("a supervisor's state", () => {
  it('is read back', () => {
    expect(parseState('{"port":25432,"supervisor":1}\n')).toEqual({ port: 25_432, supervisor: 1 });
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '{}',
    '{"port":25432}',
    '{"port":"25432","supervisor":1}',
    '{"port":65536,"supervisor":1}',
    '{"port":0,"supervisor":1}',
    '{"port":25432,"supervisor":1.5}',
  ])('counts as none when it is damaged: %s', (text) => {
    expect(parseState(text)).toBeUndefined();
  });
});
