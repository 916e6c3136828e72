// Alters the pure part of the security core in every way Stryker knows and runs the unit tests. A mutant that survives
// fails the run, unless it has its reason in test/mutants/stryker/equivalent.js; a reason that no mutant needs fails it
// too. Files on the command line choose some: `npm run test:mutants:stryker -- libs/auth/src/tier.ts`.
import { Stryker } from '@stryker-mutator/core';
import { readFileSync } from 'node:fs';
import { equivalent } from '../test/mutants/stryker/equivalent.js';

const SOURCES = 'libs/auth/src/';
const DEAD = ['Killed', 'Timeout', 'Ignored'];

const chosen = process.argv.slice(2);
const mutants = await new Stryker({
  configFile: 'test/mutants/stryker/stryker.config.js',
  ...(chosen.length > 0 && { mutate: chosen }),
}).runMutationTest();

const tested = mutants.filter(({ status }) => status !== 'Ignored');
const alive = mutants.filter(({ status }) => !DEAD.includes(status)).map(describe);
const survivors = alive.filter((mutant) => !equivalent.some((known) => isSame(mutant, known)));
const needless = equivalent.filter(
  (known) => isTested(known) && !alive.some((mutant) => isSame(mutant, known)),
);

for (const { status, file, line, text, replacement } of survivors)
  console.log(`${status.toUpperCase()} ${file}:${line} ${text} => ${replacement}`);
for (const [file, text, replacement] of needless)
  console.log(`NEEDLESS REASON ${file} ${text} => ${replacement}`);
console.log(
  `${tested.length} mutants: ${tested.length - alive.length} killed, ${alive.length - survivors.length} equivalent, ${survivors.length} survived`,
);
if (tested.length === 0 || survivors.length + needless.length > 0) process.exitCode = 1;

function describe({ status, fileName, location: { start, end }, replacement }) {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines.push(lines.pop().slice(0, end.column - 1));
  const text = lines.join('\n').slice(start.column - 1);
  return { status, file: fileBelowSources(fileName), line: start.line, text, replacement };
}

function fileBelowSources(fileName) {
  return fileName.slice(fileName.indexOf(SOURCES) + SOURCES.length);
}

function isSame(mutant, [file, text, replacement]) {
  return mutant.file === file && mutant.text === text && mutant.replacement === replacement;
}

function isTested([file]) {
  return tested.some(({ fileName }) => fileBelowSources(fileName) === file);
}
