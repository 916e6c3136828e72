// Takes out each check by itself and runs the tests: a mutant that survives is a check that nobody would miss.
// Names on the command line choose some: `npm run test:mutants -- "the algorithm"`. `--check` only sees whether each
// text is still there, once.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mutations } from '../test/mutants/mutations.js';

const SOURCES = 'libs/auth/src/';
const SUITES = [
  ['--project', 'unit', 'libs/auth'],
  [
    '--project',
    'e2e',
    'libs/auth',
    'test/e2e/api-key',
    'test/e2e/jwt',
    'test/e2e/outage',
    'test/e2e/allowed-ips',
    'test/e2e/ceiling',
    'test/e2e/key-limits',
    'test/e2e/key-life',
    'test/e2e/final',
    'test/e2e/rotation',
    'test/e2e/hot-path',
    'test/e2e/known-credentials',
    'test/attack/hostile-table',
  ],
];

const chosen = process.argv.slice(2);
const stale = mutations.filter(([, file, text]) => read(file).split(text).length !== 2);
for (const [name, file, text] of stale)
  console.error(`${name}: ${file} does not hold this text once: ${text}`);
if (stale.length > 0) process.exit(1);
if (chosen.includes('--check')) process.exit(0);

const survivors = [];
let killed = 0;
for (const [name, file, text, replacement] of mutations) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  if (survives(file, text, replacement)) survivors.push(name);
  else killed += 1;
  console.log(`${survivors.includes(name) ? 'SURVIVED' : 'killed  '} ${name}`);
}
console.log(`${killed} passed, ${survivors.length} failed`);
if (survivors.length > 0) process.exit(1);

function read(file) {
  return readFileSync(SOURCES + file, 'utf8');
}

function survives(file, text, replacement) {
  const path = SOURCES + file;
  const source = read(file);
  const restore = () => writeFileSync(path, source);
  process.once('exit', restore);
  try {
    writeFileSync(
      path,
      source.replace(text, () => replacement),
    );
    return SUITES.every((suite) => passes(suite));
  } finally {
    restore();
    process.off('exit', restore);
  }
}

function passes(suite) {
  const run = spawnSync('npx', ['vitest', 'run', '--bail', '1', ...suite], { stdio: 'ignore' });
  if (run.signal !== null) process.exit(1);
  return run.status === 0;
}
