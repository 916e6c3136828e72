import { access, chmod, constants, lstat, mkdir, statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { isRoot } from './cluster-user.js';
import { systemCode } from './errors.js';

const NAME = 'embedded-postgres';
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

/**
 * A folder of our own, outside of the program's: for copies of the binaries and, as root, for
 * clusters that cannot lie where they should. Others can enter it but never change it. Undefined
 * when no such folder can be had.
 */
export async function homeFolder(): Promise<string | undefined> {
  return firstSafeFolder(isRoot() ? homesOfRoot() : homesOfUser());
}

/** The same, on a disk: what lies in memory is gone after the next boot. */
export async function lastingHomeFolder(): Promise<string | undefined> {
  const home = await homeFolder();
  if (home === undefined) return undefined;
  const { type } = await statfs(home);
  return type === TMPFS || type === RAMFS ? undefined : home;
}

function homesOfRoot(): string[] {
  return [join('/var/lib', NAME), ...temporaryHomes()];
}

function homesOfUser(): string[] {
  return [join(homedir(), '.cache', NAME), ...temporaryHomes()];
}

function temporaryHomes(): string[] {
  // The user's id keeps apart those who share a temporary folder.
  const name = `${NAME}-${process.getuid?.() ?? 0}`;
  return [join('/var/tmp', name), join(tmpdir(), name)];
}

async function firstSafeFolder(candidates: readonly string[]): Promise<string | undefined> {
  for (const path of candidates) {
    if (await isMadeSafe(path)) return path;
  }
  return undefined;
}

/**
 * Makes a folder, or takes it when it is there and nobody but us could have put anything into it.
 * In a folder that all may write to, somebody may have made it before us, or a link in its place.
 */
export async function isMadeSafe(path: string): Promise<boolean> {
  try {
    await makeOpenFolder(path);
    await access(path, constants.W_OK);
    const found = await lstat(path);
    const isOurs = found.isDirectory() && found.uid === process.getuid?.();
    return isOurs && (found.mode & 0o022) === 0 && (await isSafeParent(dirname(path)));
  } catch {
    return false;
  }
}

async function makeOpenFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  try {
    await mkdir(path, { mode: 0o755 });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw error;
  }
  await chmod(path, 0o755);
}

/** In a folder that all may write to, only the sticky bit keeps others from replacing ours. */
async function isSafeParent(path: string): Promise<boolean> {
  const { mode } = await lstat(path);
  return (mode & 0o002) === 0 || (mode & 0o1000) !== 0;
}
