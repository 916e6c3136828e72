import { cpSync } from 'node:fs';
import { withScratchDatabase } from './database.js';
import { run } from './run.js';

/** What an installation by hand left behind is no part of the sample. */
const MADE = /\/(node_modules|dist)(\/|$)/;

/**
 * Installs the tarball into a copy of one sample, outside the repository, compiles it and runs its suite.
 *
 * @param {{ name: string, source: string, copy: string }} sample
 */
export async function checkSample({ name, source, copy }, { tarball, server, tally }) {
  cpSync(source, copy, {
    recursive: true,
    filter: (path) => !MADE.test(path.slice(source.length)),
  });
  const passed =
    (await tally.check(`${name} installs the package`, () => install(copy, tarball))) &&
    (await tally.check(`${name} compiles`, () => compile(copy)));
  if (!passed) return;
  await tally.check(`${name} passes its suite`, async () => {
    const count = await withScratchDatabase(server, (url) => test(copy, url));
    tally.addTests(count);
    return `${count} tests`;
  });
}

/** Development packages too, whatever NODE_ENV says; a peer that does not fit is an error. */
async function install(cwd, tarball) {
  await run('npm', ['ci', '--include=dev'], { cwd });
  await run('npm', ['install', '--no-save', '--include=dev', '--strict-peer-deps', tarball], {
    cwd,
  });
}

async function compile(cwd) {
  await run('npm', ['run', 'build'], { cwd });
}

/** Runs a suite; returns how many tests passed, if all did and there were any. */
async function test(cwd, url) {
  const output = await run('npm', ['test'], { cwd, env: { DATABASE_URL: url } });
  const [passed, ...others] = ['pass', 'fail', 'cancelled', 'skipped', 'todo'].map((word) =>
    Number(new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN),
  );
  if (!(passed > 0) || others.some((count) => count !== 0))
    throw new Error(`not every test ran and passed\n${output}`);
  return passed;
}
