import { chmod, chown, lchown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { ClusterUser } from './cluster-user.js';
import { EmbeddedPostgresError, systemCode } from './errors.js';
import { newInitFolder, removeAbandonedInitFolders } from './init-folder.js';
import { newPassword, PASSWORD_FILE, SUPERUSER } from './password.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';
import type { ServerPlan } from './server.js';
import { lastLines } from './server-log.js';
import { startGuarded } from './watchdog.js';

/** Written into postgresql.conf, where an operator may change them. */
const SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '100',
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // The log shall not hold the rows and statements of those who use the database.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/** Checks the cluster in the folder, or makes one when the folder is missing or empty. */
export async function ensureCluster(plan: ServerPlan): Promise<void> {
  await removeAbandonedInitFolders(plan.folder);
  const version = await readPrivateFile(join(plan.folder, 'PG_VERSION'));
  if (version === undefined) {
    await makeCluster(plan);
    return;
  }
  requireVersion(plan, version.trim());
  await giveToUser(plan.folder, plan.user);
}

function requireVersion(plan: ServerPlan, version: string): void {
  const ours = plan.binaries.majorVersion;
  if (version === String(ours)) return;
  const message =
    `The database in ${plan.folder} was made by PostgreSQL ${version}, and this is ` +
    `PostgreSQL ${ours}: dump it with the old version and restore it into an empty folder.`;
  throw new EmbeddedPostgresError('wrong_version', message);
}

/** A cluster is made aside and moved when it is whole, so that a half-made one is never met. */
async function makeCluster(plan: ServerPlan): Promise<void> {
  plan.log(`Making a new database in ${plan.folder}; this takes a few seconds, once.`);
  const aside = newInitFolder(plan.folder);
  const cluster = join(aside, 'cluster');
  const password = join(aside, PASSWORD_FILE);
  try {
    await mkdir(aside, { mode: 0o700 });
    if (plan.user) await chown(aside, plan.user.uid, plan.user.gid);
    await writePrivateFile(password, `${newPassword()}\n`, plan.user);
    await runInitdb(plan, cluster, password, join(aside, 'initdb.log'));
    await rename(password, join(cluster, PASSWORD_FILE));
    await moveIntoPlace(cluster, plan.folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function runInitdb(
  plan: ServerPlan,
  cluster: string,
  password: string,
  log: string,
): Promise<void> {
  const args = initdbArguments(cluster, password);
  const guarded = startGuarded({ command: plan.binaries.initdb, args, user: plan.user, log });
  const status = await guarded.ended;
  guarded.letGo();
  if (status === 'status 0') return;
  throw initdbError(status, await lastLines(log));
}

function initdbError(status: string, lines: string): EmbeddedPostgresError {
  const uid = /could not look up effective user ID (\d+)/.exec(lines)?.[1];
  if (uid === undefined) {
    return new EmbeddedPostgresError('start_failed', `initdb failed (${status}).\n${lines}`.trim());
  }
  const message =
    `PostgreSQL makes a database only for a user with an account, and uid ${uid} has none: ` +
    'add it to /etc/passwd, or run this program as a user that is there.';
  return new EmbeddedPostgresError('no_suitable_user', message);
}

/** The words after `initdb`: the same character set and order on every system, and SCRAM only. */
export function initdbArguments(cluster: string, passwordFile: string): string[] {
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`);
  return [
    `--pgdata=${cluster}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth-host=scram-sha-256',
    '--auth-local=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // The C library of macOS has no C.UTF-8; PostgreSQL brings one of its own.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
}

async function moveIntoPlace(cluster: string, folder: string): Promise<void> {
  try {
    await rename(cluster, folder);
  } catch (error) {
    const code = systemCode(error);
    // Another start made one at the same time and was quicker; both use that.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
    if (code !== 'EBUSY') throw error;
    const message = `${folder} is a mount point: choose a folder inside of it.`;
    throw new EmbeddedPostgresError('unusable_folder', message, { cause: error });
  }
  await makeLasting(dirname(folder));
}

async function makeLasting(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A cluster that root copied to its place belongs to root, and the cluster's user cannot read it. */
async function giveToUser(folder: string, user: ClusterUser | undefined): Promise<void> {
  if (!user || (await stat(folder)).uid !== 0) return;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  await chmod(folder, 0o700);
  await chown(folder, user.uid, user.gid);
}
