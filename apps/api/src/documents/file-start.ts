import { open } from 'node:fs/promises';

/**
 * The first bytes of a file, fewer if it is shorter.
 *
 * @param length bytes
 */
export async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
