import { fileTypeFromFile } from 'file-type';
import type { ReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '@clary/nestjs-auth';
import { ByteInspector } from './byte-inspector.js';
import type { FileFacts } from './content-type.js';

/** A file that has arrived whole and is not yet anybody's document. */
export interface ReceivedFile extends FileFacts {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** The bytes of documents, in one folder; a file's name is its document's id. */
export class DocumentFiles {
  /** @param folder absolute path; made when it is first needed */
  constructor(private readonly folder: string) {}

  /**
   * Writes a stream to the disk under a temporary name. When it breaks off, nothing is left.
   *
   * @param limit bytes
   * @throws ApiError 413 as soon as there are more; otherwise whatever the stream ends with
   */
  async receive(stream: Readable, limit: number): Promise<ReceivedFile> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `.${newId('upload')}`);
    const inspector = new ByteInspector(limit);
    // Opened before anything can break off: a stream that opens it later may do so after the removal below.
    const file = await open(path, 'wx', 0o600);
    try {
      await pipeline(stream, inspector, file.createWriteStream({ flush: true }));
      // Some types come with parameters (`audio/ogg; codecs=opus`).
      const detected = (await fileTypeFromFile(path))?.mime.split(';')[0];
      return {
        path,
        size: inspector.size,
        sha256: inspector.digest(),
        isText: inspector.isText,
        detected,
      };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Gives a received file its final name; it is on the disk when this returns. */
  async keep({ path }: ReceivedFile, documentId: string): Promise<void> {
    await rename(path, this.pathOf(documentId));
    const folder = await open(this.folder);
    await folder.sync().finally(() => folder.close());
  }

  /** Throws a received file away. */
  async discard({ path }: ReceivedFile): Promise<void> {
    await rm(path, { force: true });
  }

  /**
   * Opens a document's bytes.
   *
   * @param size how many there must be: an answer that ends before its Content-Length leaves the client waiting
   * @throws Error when the file is gone or has another size
   */
  async read(documentId: string, size: number): Promise<ReadStream> {
    const file = await open(this.pathOf(documentId));
    const { size: found } = await file.stat();
    if (found === size) return file.createReadStream();
    await file.close();
    throw new Error(`It has ${found} bytes instead of ${size}`);
  }

  /** Removes a document's bytes, if they are there. */
  async remove(documentId: string): Promise<void> {
    await rm(this.pathOf(documentId), { force: true });
  }

  private pathOf(documentId: string): string {
    return join(this.folder, documentId);
  }
}
