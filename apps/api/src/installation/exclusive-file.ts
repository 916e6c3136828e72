import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Writes a secret to a file that did not exist: mode 0600, no symlink followed, on the disk when it returns.
 *
 * @throws NodeJS.ErrnoException with code `EEXIST` when there is one
 */
export async function writeExclusive(path: string, text: string): Promise<void> {
  // Others may pass through, not look: run by root, the embedded database is another user with a folder in there.
  await mkdir(dirname(path), { recursive: true, mode: 0o711 });
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** A new file survives a power cut only once its folder is on the disk as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
