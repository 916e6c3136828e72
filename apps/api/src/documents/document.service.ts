import { isId, newId, type Principal } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ReadStream } from 'node:fs';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { ApiError } from '../http/api.error.js';
import { contentTypeOf } from './content-type.js';
import { Document } from './document.entity.js';
import { DocumentFiles } from './document-files.js';
import { DocumentRepository } from './document.repository.js';
import type { ListDocuments } from './document.schema.js';
import { readUpload, type Upload } from './document-upload.js';

const ID_PREFIX = 'doc';

/** The documents of accounts: a row and a file each. */
@Injectable()
export class DocumentService {
  constructor(
    private readonly documents: DocumentRepository,
    private readonly files: DocumentFiles,
  ) {}

  /**
   * Stores an upload: file first, then row, so that no row is ever without its file.
   *
   * @throws ApiError 400, 413 or 415
   */
  async upload({ accountId }: Principal, request: FastifyRequest): Promise<Document> {
    const upload = await readUpload(request, this.files);
    const document = toDocument(accountId, upload);
    try {
      await this.files.keep(upload.file, document.id);
      await this.documents.insert(document);
    } catch (error) {
      // When the answer of the database was lost, the row may be there all the same: its file stays.
      if (!isDatabaseUnavailable(error)) await this.forget(upload, document);
      throw error;
    }
    return document;
  }

  /** A page of the caller's documents, and how many there are in all. */
  list({ accountId }: Principal, query: ListDocuments): Promise<[Document[], number]> {
    return this.documents.list(accountId, query);
  }

  /** @throws ApiError 404 */
  async get({ accountId }: Principal, id: string): Promise<Document> {
    const document = isId(ID_PREFIX, id) ? await this.documents.find(accountId, id) : null;
    if (document === null) throw new ApiError(404);
    return document;
  }

  /** @throws Error when the file is gone, which no request can cause */
  async open({ id, size }: Document): Promise<ReadStream> {
    try {
      return await this.files.read(id, size);
    } catch (error) {
      throw new Error(`The file of ${id} cannot be read`, { cause: error });
    }
  }

  /**
   * Deletes row and file, in this order: a crash in between leaves a file that nobody can ask for.
   *
   * @throws ApiError 404
   */
  async delete({ accountId }: Principal, id: string): Promise<void> {
    const removed = isId(ID_PREFIX, id) && (await this.documents.remove(accountId, id));
    if (!removed) throw new ApiError(404);
    await this.files.remove(id);
  }

  private async forget({ file }: Upload, { id }: Document): Promise<void> {
    await this.files.discard(file);
    await this.files.remove(id);
  }
}

function toDocument(accountId: string, { file, filename, name, metadata }: Upload): Document {
  return Object.assign(new Document(), {
    id: newId(ID_PREFIX),
    accountId,
    name,
    contentType: contentTypeOf(file, filename),
    size: file.size,
    sha256: file.sha256,
    status: 'processed',
    metadata,
    createdAt: new Date(),
  } satisfies Document);
}
