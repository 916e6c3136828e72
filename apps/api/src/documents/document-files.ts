import { isId, newId } from '@clary/nestjs-auth';
import { once } from 'node:events';
import { mkdir, open, opendir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline as pipe, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ByteInspector } from './byte-inspector.js';
import type { ByteRange } from './byte-range.js';
import type { FileFacts } from './content-type.js';
import { formatOf } from './file-format.js';
import { FileOwner } from './file-owner.js';
import { DamagedFileError, VerifiedBytes } from './verified-bytes.js';

/** A file that has arrived whole and is not yet anybody's document. */
export interface ReceivedFile extends FileFacts {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** What is known of a document's file. */
export interface StoredFile {
  /** Of its document. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Prefix of the temporary names of uploads. */
const UPLOAD = 'upload';

/** The bytes of documents, in one folder; a file's name is its document's id. */
export class DocumentFiles {
  private readonly owner: FileOwner;

  /** @param folder absolute path; made when it is first needed */
  constructor(private readonly folder: string) {
    this.owner = new FileOwner(join(folder, '.database'));
  }

  /**
   * Writes a stream to the disk under a temporary name. When it breaks off, nothing is left.
   *
   * @param limit bytes
   * @throws TooManyBytesError as soon as there are more; otherwise whatever the stream ends with
   */
  async receive(stream: Readable, limit: number): Promise<ReceivedFile> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = this.temporaryPath();
    const inspector = new ByteInspector(limit);
    // Opened before anything can break off: a stream that opens it later may do so after the removal below.
    const file = await open(path, 'wx', 0o600);
    try {
      await pipeline(stream, inspector, file.createWriteStream({ flush: true }));
      const { size, isText } = inspector;
      const detected = await formatOf(path, isText);
      return { path, size, sha256: inspector.digest(), isText, detected };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Gives a received file its final name, in the database of this account; it is on the disk when this returns. */
  async keep({ path }: ReceivedFile, documentId: string, accountId: string): Promise<void> {
    await this.owner.tell(accountId, this.temporaryPath());
    await rename(path, this.pathOf(documentId));
    const folder = await open(this.folder);
    await folder.sync().finally(() => folder.close());
  }

  /** Throws a received file away. */
  async discard({ path }: ReceivedFile): Promise<void> {
    await rm(path, { force: true });
  }

  /**
   * Reads a document's bytes. When they turn out to be altered, the stream ends with DamagedFileError before its last
   * chunk; the checksum is that of the whole, so that a part of it is known by its length alone.
   *
   * @param range null: all of it
   * @throws DamagedFileError when that is known before the first byte
   * @throws the system's errors, ENOENT when the file is gone
   */
  async read({ id, size, sha256 }: StoredFile, range: ByteRange | null): Promise<Readable> {
    const file = await this.open(id, size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const length = end - start + 1;
    const bytes = new VerifiedBytes({ size: length, sha256: length === size ? sha256 : null });
    // An error reaches whoever reads, and a reader that goes away closes the file.
    pipe(file.createReadStream({ start, end }), bytes, () => undefined);
    await once(bytes, 'readable');
    return bytes;
  }

  /**
   * Looks whether a document's file is there with all its bytes, without reading them.
   *
   * @throws like `read`
   */
  async check({ id, size }: StoredFile): Promise<void> {
    await (await this.open(id, size)).close();
  }

  /** Removes a document's bytes, if they are there. */
  async remove(documentId: string): Promise<void> {
    await rm(this.pathOf(documentId), { force: true });
  }

  /** The id of an account of the database that the files belong to, or null while there has been none. */
  ownerAccount(): Promise<string | null> {
    return this.owner.read();
  }

  /**
   * Removes uploads that were last written to before a time.
   *
   * @returns how many
   */
  async removeUploads(before: Date): Promise<number> {
    let removed = 0;
    for await (const name of this.namesBefore(before)) {
      if (!name.startsWith('.') || !isId(UPLOAD, name.slice(1))) continue;
      await rm(join(this.folder, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  /** Ids of the documents whose files were written before a time, whether or not they have a row. */
  async *documentsBefore(before: Date): AsyncGenerator<string> {
    for await (const name of this.namesBefore(before)) if (isId('doc', name)) yield name;
  }

  private async *namesBefore(before: Date): AsyncGenerator<string> {
    const folder = await opendir(this.folder).catch(ignoreMissing);
    for await (const { name } of folder ?? []) {
      const found = await stat(join(this.folder, name)).catch(ignoreMissing);
      if (found?.isFile() === true && found.mtime < before) yield name;
    }
  }

  /** @throws DamagedFileError when there is another number of bytes */
  private async open(documentId: string, size: number): Promise<FileHandle> {
    const file = await open(this.pathOf(documentId));
    const { size: found } = await file.stat();
    if (found === size) return file;
    await file.close();
    throw new DamagedFileError(`It has ${found} bytes instead of ${size}`);
  }

  private temporaryPath(): string {
    return join(this.folder, `.${newId(UPLOAD)}`);
  }

  private pathOf(documentId: string): string {
    return join(this.folder, documentId);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
