import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

import type { ClusterUser } from './cluster-user.js';
import { systemCode } from './errors.js';

/**
 * Writes a file of mode 0600 in one step: a reader sees the old text or the new one. The folder may
 * belong to a user we do not trust as root, so no link in it is ever followed.
 */
export async function writePrivateFile(
  path: string,
  text: string,
  user: ClusterUser | undefined,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (user) await file.chown(user.uid, user.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The text of a file, or undefined when there is none or it is a link. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    // A named pipe in the place of the file would otherwise be waited for without an end.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(path, flags);
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
