import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';

import { EmbeddedPostgresError, systemCode } from './errors.js';
import { homeFolder } from './home-folder.js';
import type { InstalledBinaries } from './installed-binaries.js';

/** The installed binaries again, in a folder the cluster's user can reach; made once a version. */
export async function copyForUser(
  installed: InstalledBinaries,
  log: (message: string) => void,
): Promise<string> {
  const home = await homeFolder();
  if (home === undefined) {
    const message =
      `The PostgreSQL programs in ${installed.native} cannot be run from there, ` +
      'and there is no safe folder to copy them to.';
    throw new EmbeddedPostgresError('unreachable_folder', message);
  }
  const copy = join(home, installed.label);
  await removeOldRemains(home);
  if (await isSameTree(installed.native, copy)) return copy;
  log(`Copying the PostgreSQL programs to ${copy}, since they cannot be run where they are.`);
  await replaceTree(installed.native, copy);
  return copy;
}

async function replaceTree(source: string, copy: string): Promise<void> {
  const fresh = `${copy}.new-${randomUUID()}`;
  const old = `${copy}.old-${randomUUID()}`;
  try {
    await copyTree(source, fresh);
    if (await isMoved(fresh, copy)) return;
    // Another start may have been quicker, and be running from its copy by now.
    if (await isSameTree(source, copy)) return;
    await rename(copy, old);
    await isMoved(fresh, copy);
  } finally {
    await Promise.all([fresh, old].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Gives false when something lies at the new place already. */
async function isMoved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function copyTree(source: string, target: string): Promise<void> {
  await mkdir(target);
  // Set apart from mkdir, because the umask may forbid what others must be able to do.
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await copyTree(from, to);
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
    else await copyPlainFile(from, to);
  }
}

async function copyPlainFile(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const { mode } = await lstat(from);
  await chmod(to, mode & 0o100 ? 0o755 : 0o644);
}

/**
 * True when every file of the source is in the copy with its size: a loss of power can leave empty
 * files behind, and the system may clear old ones from a temporary folder.
 */
async function isSameTree(source: string, copy: string): Promise<boolean> {
  const entries = await readdir(source, { withFileTypes: true });
  const checks = entries.map(async (entry) => {
    const from = join(source, entry.name);
    const to = join(copy, entry.name);
    if (entry.isDirectory()) return isSameTree(from, to);
    const [wanted, found] = await Promise.all([lstat(from), lstat(to).catch(() => undefined)]);
    return entry.isSymbolicLink() ? found !== undefined : found?.size === wanted.size;
  });
  return (await Promise.all(checks)).every(Boolean);
}

const REMAINS = /\.(?:new|old)-[0-9a-f-]{36}$/;
const REMAINS_AGE_MS = 60 * 60 * 1000;

/** Clears away copies that were cut off long ago; a younger one may still be in the making. */
async function removeOldRemains(home: string): Promise<void> {
  for (const name of (await readdir(home)).filter((entry) => REMAINS.test(entry))) {
    const path = join(home, name);
    const found = await lstat(path).catch(() => undefined);
    if (!found || Date.now() - found.mtimeMs < REMAINS_AGE_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}
