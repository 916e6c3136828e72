import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from './errors.js';

// The log holds a line for each statement that failed, which clients can provoke at will.
const LONGEST_LOG_BYTES = 10 * 1024 * 1024;
const KEPT_BYTES = 1024 * 1024;
const QUOTED_BYTES = 2000;
const QUOTED_LINES = 8;

/** Path of the server's log in the folder of a cluster. */
export function serverLogIn(folder: string): string {
  return join(folder, 'server.log');
}

/** Size of a log in bytes; 0 when there is none. */
export async function logSize(path: string): Promise<number> {
  return (await readFrom(path, Number.POSITIVE_INFINITY)).size;
}

/** The last lines that were written to a log since it had this size, for an error's message. */
export async function lastLines(path: string, since = 0): Promise<string> {
  const { text } = await readFrom(path, since);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-QUOTED_LINES).join('\n');
}

/**
 * Cuts a log that has grown long down to its end. The server goes on writing: it opened the file
 * for appending, so that its next line follows what is left.
 */
export async function trimLog(
  path: string,
  longest = LONGEST_LOG_BYTES,
  kept = KEPT_BYTES,
): Promise<void> {
  const file = await openOwn(path, constants.O_RDWR | constants.O_APPEND);
  if (!file) return;
  try {
    const { size } = await file.stat();
    if (size <= longest) return;
    const end = Buffer.alloc(kept);
    const { bytesRead } = await file.read(end, 0, kept, size - kept);
    await file.truncate(0);
    await file.write(end, 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readFrom(path: string, since: number): Promise<{ size: number; text: string }> {
  const file = await openOwn(path, constants.O_RDONLY);
  if (!file) return { size: 0, text: '' };
  try {
    const { size } = await file.stat();
    const start = Math.max(since, size - QUOTED_BYTES, 0);
    if (start >= size) return { size, text: '' };
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    return { size, text: bytes.toString('utf8', 0, bytesRead) };
  } finally {
    await file.close();
  }
}

/** The folder may belong to a user we do not trust as root, so a link is taken for no file. */
async function openOwn(path: string, flags: number) {
  return open(path, flags | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  });
}
