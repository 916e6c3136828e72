import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChanges } from './change-notice.js';

describe('a notice of changes', () => {
  it('names what changed, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (names) => {
        expect(readChanges(JSON.stringify(names))).toEqual(names);
      }),
    );
  });

  it.each([
    undefined,
    '',
    '*',
    '["key_a"',
    '{}',
    '{"0":"key_a"}',
    'null',
    '"key_a"',
    '7',
    '["key_a",7]',
    '[["key_a"]]',
    '[null]',
  ])('means everything where it says %j: it may mean anything', (payload) => {
    expect(readChanges(payload)).toBeNull();
  });
});
