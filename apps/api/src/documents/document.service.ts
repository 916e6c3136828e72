import { isId, newId, type Principal } from '@clary/nestjs-auth';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { ApiError } from '../http/api.error.js';
import type { ByteRange } from './byte-range.js';
import { contentTypeOf } from './content-type.js';
import { Document } from './document.entity.js';
import { DocumentFiles } from './document-files.js';
import { DocumentRepository } from './document.repository.js';
import type { ListDocuments } from './document.schema.js';
import { readBatch, readUpload, type Upload } from './document-upload.js';
import { readTextFile } from './processing-results.js';
import { UPLOAD_RULES } from './upload-rules.js';

const ID_PREFIX = 'doc';

/** The documents of accounts: a row and a file each. */
@Injectable()
export class DocumentService {
  private readonly logger = new Logger('Documents');

  constructor(
    private readonly documents: DocumentRepository,
    private readonly files: DocumentFiles,
  ) {}

  /**
   * Stores an upload.
   *
   * @throws ApiError 400, 413 or 415
   */
  async upload({ accountId, tier }: Principal, request: FastifyRequest): Promise<Document> {
    const upload = await readUpload(request, this.files, UPLOAD_RULES[tier]);
    const [document] = await this.store(accountId, [upload]);
    return document as Document;
  }

  /**
   * Stores several files, all or none.
   *
   * @returns in the order of the files
   * @throws ApiError 400, 413 or 415, which names the file in its details
   */
  async uploadBatch({ accountId, tier }: Principal, request: FastifyRequest): Promise<Document[]> {
    return this.store(accountId, await readBatch(request, this.files, UPLOAD_RULES[tier]));
  }

  /** A page of the caller's documents, and how many there are in all. */
  list({ accountId }: Principal, query: ListDocuments): Promise<[Document[], number]> {
    return this.documents.list(accountId, query);
  }

  /** @throws ApiError 404 */
  async get({ accountId }: Principal, id: string): Promise<Document> {
    return found(isId(ID_PREFIX, id) && (await this.documents.find(accountId, id)));
  }

  /**
   * A document with what was read in it.
   *
   * @throws ApiError 404
   */
  async getDetails({ accountId }: Principal, id: string): Promise<Document> {
    return found(isId(ID_PREFIX, id) && (await this.documents.findWithResults(accountId, id)));
  }

  /**
   * A document's bytes, or a part of them.
   *
   * @param range null: all of them
   * @throws ApiError 404 when it was deleted meanwhile
   * @throws Error when the file is gone or altered, which no request can cause
   */
  read(document: Document, range: ByteRange | null): Promise<Readable> {
    return this.orExplain(document, this.files.read(document, range));
  }

  /**
   * Looks whether a document's bytes are there.
   *
   * @throws like `read`
   */
  check(document: Document): Promise<void> {
    return this.orExplain(document, this.files.check(document));
  }

  /**
   * Deletes row and file, in this order: a crash in between leaves a file that nobody can ask for.
   *
   * @throws ApiError 404
   */
  async delete({ accountId }: Principal, id: string): Promise<void> {
    const removed = isId(ID_PREFIX, id) && (await this.documents.remove(accountId, id));
    if (!removed) throw new ApiError(404);
    // The document is gone whatever the disk says, and what stays there is swept.
    await this.files.remove(id).catch((err: unknown) => {
      this.logger.error({ msg: `The file of ${id}, which is deleted, cannot be removed`, err });
    });
  }

  /** Files first, then rows, so that no row is ever without its file. */
  private async store(accountId: string, uploads: readonly Upload[]): Promise<Document[]> {
    const ids = uploads.map(() => newId(ID_PREFIX));
    try {
      const documents = await Promise.all(
        uploads.map((upload, index) => toDocument(ids[index] as string, accountId, upload)),
      );
      for (const [index, { file }] of uploads.entries())
        await this.files.keep(file, ids[index] as string, accountId);
      await this.documents.insert(documents);
      return documents;
    } catch (error) {
      // When the answer of the database was lost, the rows may be there all the same: their files stay.
      if (!isDatabaseUnavailable(error)) await this.forget(uploads, ids);
      throw error;
    }
  }

  private async forget(uploads: readonly Upload[], ids: readonly string[]): Promise<void> {
    await Promise.all(uploads.map(({ file }) => this.files.discard(file)));
    await Promise.all(ids.map((id) => this.files.remove(id)));
  }

  private async orExplain<Result>(
    { accountId, id }: Document,
    reading: Promise<Result>,
  ): Promise<Result> {
    try {
      return await reading;
    } catch (error) {
      // Deleted after its row was read.
      found(await this.documents.find(accountId, id));
      throw new Error(`The file of ${id} cannot be read`, { cause: error });
    }
  }
}

function found(document: Document | null | false): Document {
  if (document === null || document === false) throw new ApiError(404);
  return document;
}

async function toDocument(
  id: string,
  accountId: string,
  { file, filename, name, metadata }: Upload,
): Promise<Document> {
  const contentType = contentTypeOf(file, filename, name);
  const isText = contentType.startsWith('text/');
  return Object.assign(new Document(), {
    id,
    accountId,
    name,
    contentType,
    size: file.size,
    sha256: file.sha256,
    status: 'processed',
    processingResults: isText ? await readTextFile(file.path) : null,
    metadata,
    createdAt: new Date(),
  } satisfies Document);
}
