import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { type ClusterUser, clusterUserFor, isRoot } from './cluster-user.js';
import { EmbeddedPostgresError, systemCode, usingFolder } from './errors.js';
import { isMadeSafe, lastingHomeFolder } from './home-folder.js';
import { belongsToOther, keptOut } from './other-user.js';
import { runBriefly } from './run-as.js';

/** Where a cluster really lies, and whom it belongs to. */
export interface ClusterFolder {
  /** The real path, which no link is part of. */
  readonly path: string;
  /** True when it holds a cluster already; false when it is missing or empty. */
  readonly hasCluster: boolean;
  /** Whom PostgreSQL runs as; undefined for the user of this process. */
  readonly user: ClusterUser | undefined;
}

/**
 * Finds the folder of a cluster and makes its parents. As root, a folder that the cluster's user
 * could not enter gets a place elsewhere, and a link at the asked place points there: the link goes
 * along when the parent is moved, and a lost target is noticed. Throws when the folder cannot be
 * used; nothing that lies in it is touched.
 */
export function placeClusterFolder(
  dataDir: string,
  log: (message: string) => void,
): Promise<ClusterFolder> {
  return usingFolder(dataDir, async () => {
    const { path, hasCluster } = await find(dataDir);
    const user = await clusterUserFor(path, hasCluster);
    if (user && !(await canEnter(dirname(path), user))) {
      if (hasCluster) throw unreachable(path, user, 'move it to a folder that user can enter');
      return { path: await placeElsewhere(path, user, log), hasCluster: false, user };
    }
    return { path, hasCluster, user };
  });
}

async function find(dataDir: string): Promise<Pick<ClusterFolder, 'path' | 'hasCluster'>> {
  try {
    await makeParents(dirname(dataDir));
    const path = await withoutLinks(dataDir);
    const hasCluster = await holdsCluster(path);
    // Root's folder around the cluster: the server's own user may enter it, and is not meant to use it.
    if (hasCluster) await access(dirname(path), constants.R_OK);
    return { path, hasCluster };
  } catch (error) {
    throw (await keptOut(dataDir, error)) ?? error;
  }
}

async function makeParents(parent: string): Promise<void> {
  const first = await mkdir(parent, { recursive: true, mode: 0o700 });
  if (first === undefined || !isRoot()) return;
  // The cluster's user has to get through, and needs to see nothing on the way.
  for (let path = parent; path.length >= first.length; path = dirname(path)) {
    await chmod(path, 0o711);
  }
}

async function withoutLinks(dataDir: string): Promise<string> {
  const path = join(await realpath(dirname(dataDir)), basename(dataDir));
  const found = await statusOf(path);
  if (!found?.isSymbolicLink()) return path;
  try {
    return await realpath(path);
  } catch (error) {
    const message =
      `The database folder ${path} is a link to a folder that is gone. ` +
      'Bring that folder back, or remove the link to begin with an empty database.';
    throw new EmbeddedPostgresError('unreachable_folder', message, { cause: error });
  }
}

/** False for a missing or empty folder; throws for anything that is no cluster of ours. */
async function holdsCluster(path: string): Promise<boolean> {
  const found = await statusOf(path);
  if (!found) return false;
  if (!found.isDirectory()) throw unusable(`${path} is not a folder.`);
  const self = process.getuid?.();
  if (self !== 0 && found.uid !== self) {
    throw await belongsToOther(path, found.uid);
  }
  const names = await readdir(path);
  if (names.length === 0) return false;
  if (names.includes('PG_VERSION')) return true;
  throw unusable(`The folder ${path} is not empty and holds no database. Nothing was changed.`);
}

async function canEnter(folder: string, user: ClusterUser): Promise<boolean> {
  const answer = await runBriefly('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], user);
  return answer.succeeded;
}

async function placeElsewhere(
  path: string,
  user: ClusterUser,
  log: (message: string) => void,
): Promise<string> {
  const home = await lastingHomeFolder();
  const clusters = home === undefined ? undefined : join(home, 'clusters');
  const isReachable =
    clusters !== undefined && (await isMadeSafe(clusters)) && (await canEnter(clusters, user));
  if (!isReachable) throw unreachable(path, user, 'choose a data folder that user can enter');
  const place = await mkdtemp(join(clusters, 'postgres-'));
  await rmdir(path).catch(() => undefined);
  try {
    await symlink(place, path);
  } catch (error) {
    await rm(place, { recursive: true });
    // Another start was quicker, and both go on with its place.
    if (systemCode(error) === 'EEXIST') return withoutLinks(path);
    throw error;
  }
  log(`The database lies in ${place}, since uid ${user.uid} cannot enter ${dirname(path)}.`);
  return place;
}

async function statusOf(path: string) {
  return lstat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function unusable(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('unusable_folder', message);
}

function unreachable(path: string, user: ClusterUser, advice: string): EmbeddedPostgresError {
  const message =
    `PostgreSQL may not run as root and runs as uid ${user.uid}, ` +
    `which cannot enter ${dirname(path)}: ${advice}, or run this program as an ordinary user.`;
  return new EmbeddedPostgresError('unreachable_folder', message);
}
