import { describe, expect, it } from 'vitest';
import { jsonObject, nameText } from './json-object.js';

const deep = (depth: number): unknown =>
  JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);

describe('a JSON object', () => {
  it.each([{}, { a: [1, 'ä', null, { b: true }] }, { emoji: '😀' }])('is kept: %j', (value) => {
    expect(jsonObject.safeParse(value).success).toBe(true);
  });

  it.each([
    ['NUL in a value', { a: ['x\0'] }],
    ['NUL in a name', { 'a\0': 1 }],
    ['half a surrogate pair', { a: { b: '\ud800' } }],
    ['a number that JSON cannot hold', { a: Infinity }],
    ['a list', []],
    ['a text', 'x'],
    ['nothing', null],
    ['a hundred thousand levels', deep(100_000)],
  ])('is refused with %s', (_, value) => {
    expect(jsonObject.safeParse(value).success).toBe(false);
  });
});

describe('a name', () => {
  it.each(['a', 'ä b', '😀'.repeat(100)])('may be %s', (name) => {
    expect(nameText.safeParse(name).success).toBe(true);
  });

  it.each(['', 'x'.repeat(101), 'a\nb', 'a\0', '\ud800', 7])('may not be %j', (name) => {
    expect(nameText.safeParse(name).success).toBe(false);
  });
});
