import { lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { parseAccounts } from './cluster-user.js';
import { EmbeddedPostgresError, systemCode } from './errors.js';

/** An error that says which user may use a cluster that belongs to another than this process's. */
export async function belongsToOther(path: string, owner: number): Promise<EmbeddedPostgresError> {
  // As root the server has a user of its own, and the folder around the cluster stays root's.
  const maker = (await lstat(dirname(path))).uid === 0 ? 0 : owner;
  return runAsOther(
    `The database folder ${path} belongs to uid ${owner} (${await nameOf(owner)})`,
    maker,
  );
}

/**
 * The error for a folder that this process may not even look at: it names the owner of the folder
 * above that lets nobody in. Undefined when something else was refused.
 */
export async function keptOut(
  path: string,
  error: unknown,
): Promise<EmbeddedPostgresError | undefined> {
  if (systemCode(error) !== 'EACCES' || (await isMissing(path))) return undefined;
  let closed = dirname(path);
  while (await isHidden(closed)) closed = dirname(closed);
  const { uid } = await lstat(closed);
  return runAsOther(`The database folder ${path} cannot be reached: ${closed} is closed`, uid);
}

const isHidden = (path: string) => isAnsweredBy(path, 'EACCES');
const isMissing = (path: string) => isAnsweredBy(path, 'ENOENT');

function isAnsweredBy(path: string, code: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => systemCode(error) === code,
  );
}

async function runAsOther(what: string, uid: number): Promise<EmbeddedPostgresError> {
  const self = process.getuid?.() ?? 0;
  const message = `${what}. Run this program as ${await nameOf(uid)}, not as ${await nameOf(self)}.`;
  return new EmbeddedPostgresError('unusable_folder', message);
}

async function nameOf(uid: number): Promise<string> {
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  return accounts.find((account) => account.uid === uid)?.name ?? `the user with uid ${uid}`;
}
