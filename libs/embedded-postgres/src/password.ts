import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { EmbeddedPostgresError } from './errors.js';
import { readPrivateFile } from './private-file.js';

/** The database's superuser, whose password the file holds. */
export const SUPERUSER = 'postgres';

/** Name of the password's file in the folder of the cluster. */
export const PASSWORD_FILE = 'superuser.password';

const PASSWORD_BYTES = 24;

/** A new password: 192 random bits in characters that a url does not need to escape. */
export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/** The password the cluster was made with; throws `start_failed` when its file is gone. */
export async function readPassword(folder: string): Promise<string> {
  const path = join(folder, PASSWORD_FILE);
  const password = (await readPrivateFile(path))?.trim();
  if (password) return password;
  const message = `The password of the database in ${folder} is gone: ${path} is missing or empty.`;
  throw new EmbeddedPostgresError('start_failed', message);
}

/** The address of a database of the server on this port. */
export function databaseUrl(port: number, password: string, database: string): string {
  const name = encodeURIComponent(database);
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${name}`;
}
