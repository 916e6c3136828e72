import { readFile, stat } from 'node:fs/promises';

import { EmbeddedPostgresError } from './errors.js';

/** The user that PostgreSQL runs as when the process itself is root, which PostgreSQL refuses. */
export interface ClusterUser {
  readonly uid: number;
  readonly gid: number;
}

/** One line of /etc/passwd. */
interface Account extends ClusterUser {
  readonly name: string;
}

const UNPRIVILEGED_NAME = 'nobody';

/** True when this process is root and PostgreSQL has to run as somebody else. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Whom to run PostgreSQL as: undefined for the user of this process. As root it is the owner of the
 * cluster's folder, so that who made a cluster as an ordinary user keeps it; a folder that is
 * missing or root's goes to `nobody`. Throws `no_suitable_user`.
 */
export async function clusterUserFor(
  folder: string,
  hasCluster: boolean,
): Promise<ClusterUser | undefined> {
  if (!isRoot()) return undefined;
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  const owner = await stat(folder).catch(() => undefined);
  const user = chooseUser(accounts, owner, hasCluster);
  if (user) return user;
  const message =
    'PostgreSQL refuses to run as root, and there is no user "nobody" to run it as. ' +
    'Run this program as an ordinary user.';
  throw new EmbeddedPostgresError('no_suitable_user', message);
}

/**
 * Picks the user: the folder's owner unless that is root, else `nobody`; never uid 0 or gid 0.
 * initdb insists on an account, so an owner without one counts only once there is a cluster.
 */
export function chooseUser(
  accounts: readonly Account[],
  owner: ClusterUser | undefined,
  hasCluster: boolean,
): ClusterUser | undefined {
  const nobody = accounts.find((account) => account.name === UNPRIVILEGED_NAME);
  const account = accounts.find(({ uid }) => uid === owner?.uid);
  const isOwnerFit = owner !== undefined && owner.uid !== 0 && (hasCluster || account);
  if (!isOwnerFit) return withIds(nobody?.uid, [nobody?.gid]);
  return withIds(owner.uid, [account?.gid, owner.gid, nobody?.gid]);
}

function withIds(
  uid: number | undefined,
  gids: readonly (number | undefined)[],
): ClusterUser | undefined {
  const gid = gids.find((id) => id !== undefined && id !== 0);
  return uid === undefined || uid === 0 || gid === undefined ? undefined : { uid, gid };
}

/** Reads the accounts of an /etc/passwd; lines of another form are passed over. */
export function parseAccounts(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (!name || !isId(uid) || !isId(gid)) return [];
    // macOS writes nobody's ids as -2; the system's calls want them unsigned.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^-?\d+$/.test(text);
}
