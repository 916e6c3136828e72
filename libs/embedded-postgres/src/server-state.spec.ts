import { describe, expect, it } from 'vitest';

import { parseState } from './server-state.js';

describe("a supervisor's state", () => {
  it('is read back', () => {
    const state = { port: 25_432, supervisor: 1, lease: 'short' };
    expect(parseState(`${JSON.stringify(state)}\n`)).toEqual(state);
  });

  it('is of a long lease unless it says otherwise', () => {
    const state = { port: 25_432, supervisor: 1 };
    expect(parseState(JSON.stringify(state))).toEqual({ ...state, lease: 'long' });
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
