import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { isAlive } from './process-table.js';

// Tells our own work from what an earlier process of the same id left, which is the rule in
// containers, where the program has the same id after each restart.
const RUN = randomBytes(6).toString('hex');
const LONGEST_INITDB_MS = 60 * 60 * 1000;

/** A new name, beside the cluster's folder, for the folder in which a cluster is made. */
export function newInitFolder(folder: string): string {
  return `${folder}.init-${process.pid}-${RUN}-${randomBytes(6).toString('hex')}`;
}

/** Clears away what a start that was cut off left beside the cluster's folder. */
export async function removeAbandonedInitFolders(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    const maker = initFolderMaker(name, basename(folder));
    if (!maker) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isDirectory()) continue;
    const isOld = Date.now() - found.mtimeMs > LONGEST_INITDB_MS;
    if (isAbandoned(maker) || isOld) {
      // An initdb that is just being stopped may still write.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  }
}

/** Who makes, or made, a cluster in a folder. */
export interface InitFolderMaker {
  readonly pid: number;
  readonly run: string;
}

/** Reads the maker from a folder's name; undefined for a name of another form. */
export function initFolderMaker(name: string, cluster: string): InitFolderMaker | undefined {
  const start = `${cluster}.init-`;
  if (!name.startsWith(start)) return undefined;
  const match = /^([1-9]\d*)-([0-9a-f]{12})-[0-9a-f]{12}$/.exec(name.slice(start.length));
  return match?.[1] && match[2] ? { pid: Number(match[1]), run: match[2] } : undefined;
}

/** True when the maker is no more. */
export function isAbandoned(maker: InitFolderMaker): boolean {
  return maker.pid === process.pid ? maker.run !== RUN : !isAlive(maker.pid);
}
