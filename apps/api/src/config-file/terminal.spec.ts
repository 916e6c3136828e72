import { expect, it } from 'vitest';
import { hangupMeaning } from './terminal.js';

it.each([
  { before: true, after: true, meaning: 'reload' },
  { before: true, after: false, meaning: 'stop' },
  { before: false, after: false, meaning: 'reload' },
  { before: false, after: true, meaning: 'reload' },
])('a hangup of a process with a terminal ($before, then $after) means $meaning', (told) => {
  const answers = [told.before, told.after];
  expect(hangupMeaning(() => answers.shift() ?? false, false)()).toBe(told.meaning);
});

it('a process that is to outlive its terminal does', () => {
  const answers = [true, false];
  expect(hangupMeaning(() => answers.shift() ?? false, true)()).toBe('reload');
});
