import { describe, expect, it } from 'vitest';
import { formatFields, formatTable } from './table.js';

describe('a table', () => {
  it('has each column as wide as its widest cell, and no blanks at the end', () => {
    expect(
      formatTable(
        ['ID', 'NAME', 'N'],
        [
          ['key_1', 'A', 1],
          ['k', null, 20],
        ],
      ),
    ).toBe('ID     NAME  N\nkey_1  A     1\nk      –     20');
  });

  it('counts the columns of a terminal, not the characters', () => {
    expect(
      formatTable(
        ['NAME', 'X'],
        [
          ['請求書', 'x'],
          ['👩‍💻', 'x'],
          ['e\u0301', 'x'],
        ],
      )
        .split('\n')
        .slice(1),
    ).toEqual(['請求書  x', '👩‍💻      x', 'e\u0301       x']);
  });

  it('has nothing but its headings without rows', () => {
    expect(formatTable(['ID', 'NAME'], [])).toBe('ID  NAME');
  });
});

describe('fields', () => {
  it('stand below each other', () => {
    expect(formatFields({ id: 'key_1', name: null })).toBe('id    key_1\nname  –');
  });
});
