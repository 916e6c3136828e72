import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './run.js';

/** Unpacked bytes. Far above what the library needs: reached only by something that does not belong there. */
const LARGEST = 2 * 1024 * 1024;

/** What nobody who installs the package has a use for. */
const UNWANTED = /\.(spec|test)\.|tsbuildinfo|tsconfig|\.log$|\.env|(^|\/)test\//;

/** Packs a package, which builds it anew first; returns the path of the tarball. */
export async function pack(path, folder) {
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  await run('npm', ['pack', '--pack-destination', packed], { cwd: path });
  return join(packed, readdirSync(packed)[0]);
}

/** Looks at a tarball with the eyes of those who install it. */
export async function checkTarball(tarball, folder, tally) {
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components', '1']);
  const files = filesOf(unpacked);
  await tally.check('the tarball holds what it should', () => assertFiles(unpacked, files));
  await tally.check('every source map finds its sources', () => assertMaps(unpacked, files));
  await tally.check('publint', () => npx('publint', 'run', '--strict', tarball));
  // That `require` of an ES module is an error was true before Node 20.19; the Express sample does it.
  const types = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'];
  await tally.check('the types are right', () => npx('attw', tarball, ...types));
}

async function npx(...parameters) {
  await run('npx', parameters);
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => statSync(join(folder, file)).isFile());
}

function assertFiles(folder, files) {
  const missing = ['LICENSE', 'README.md', 'dist/index.js'].filter((file) => !files.includes(file));
  const unwanted = files.filter((file) => UNWANTED.test(file));
  const size = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
  if (unwanted.length > 0) throw new Error(`unwanted: ${unwanted.join(', ')}`);
  if (size > LARGEST) throw new Error(`${size} bytes are more than ${LARGEST}`);
  return `${files.length} files, ${Math.round(size / 1024)} KB`;
}

function assertMaps(folder, files) {
  const maps = files.filter((file) => file.endsWith('.map'));
  const lost = maps.filter((file) => {
    const { sources } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return !sources.every((source) => existsSync(join(folder, dirname(file), source)));
  });
  if (maps.length === 0 || lost.length > 0)
    throw new Error(`without sources: ${lost.map((file) => basename(file)).join(', ')}`);
  return `${maps.length} maps`;
}
