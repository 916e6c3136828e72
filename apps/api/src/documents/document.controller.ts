import {
  CurrentPrincipal,
  RequirePermission,
  RequireTier,
  type Principal,
} from '@clary/nestjs-auth';
import {
  Controller,
  Delete,
  Get,
  Logger,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ACCEPTS_MULTIPART } from '../http/media-types.js';
import { toPage, type Page } from '../http/pagination.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import type { ByteRange } from './byte-range.js';
import type { Document } from './document.entity.js';
import * as operations from './document.operations.js';
import {
  listDocuments,
  presentDetails,
  presentDocument,
  type DocumentBatch,
  type DocumentDeleted,
  type DocumentDetails,
  type DocumentItem,
  type ListDocuments,
} from './document.schema.js';
import { DocumentService } from './document.service.js';
import { selectContent, setDownload, setUnchanged } from './download.js';

/** `/v1/documents` */
@Resource('Documents', 'Files, and what is read in them.')
@RequireTier('lite')
@Controller('v1/documents')
export class DocumentController {
  private readonly logger = new Logger('Documents');

  constructor(private readonly documents: DocumentService) {}

  /** `POST /v1/documents`: multipart, `file`, `name?`, `metadata?` */
  @Post()
  @Operation(operations.uploadDocument)
  @RouteConfig(ACCEPTS_MULTIPART)
  @RequirePermission('documents:write')
  async upload(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocumentItem> {
    const document = await this.documents.upload(principal, request);
    void reply.header('Location', `/v1/documents/${document.id}`);
    return presentDocument(document);
  }

  /** `POST /v1/documents/batch`: multipart, 1 to 20 times `file`; all or nothing */
  @Post('batch')
  @Operation(operations.uploadDocuments)
  @RouteConfig(ACCEPTS_MULTIPART)
  @RequireTier('standard')
  @RequirePermission('documents:write')
  async uploadBatch(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<DocumentBatch> {
    const documents = await this.documents.uploadBatch(principal, request);
    return { data: documents.map(presentDocument) };
  }

  /** `GET /v1/documents` */
  @Get()
  @Operation(operations.listDocumentsOperation)
  @RequirePermission('documents:read')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listDocuments }) query: ListDocuments,
  ): Promise<Page<DocumentItem>> {
    const [documents, total] = await this.documents.list(principal, query);
    return toPage(documents.map(presentDocument), total, query);
  }

  /** `GET /v1/documents/{id}` */
  @Get(':id')
  @Operation(operations.getDocument)
  @RequirePermission('documents:read')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<DocumentDetails> {
    return presentDetails(await this.documents.getDetails(principal, id));
  }

  /** `GET /v1/documents/{id}/content`: whole, a range of it, or 304 */
  @Get(':id/content')
  @Operation(operations.downloadDocument)
  @RequirePermission('documents:read')
  async download(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const document = await this.documents.get(principal, id);
    const selection = selectContent(request, document);
    if (selection === 'unchanged') {
      setUnchanged(reply, document);
      // Not undefined: Fastify would tell a HEAD request that the content has no bytes.
      return new StreamableFile(Readable.from([]), { type: document.contentType });
    }
    const range = selection === 'whole' ? null : selection;
    const bytes = await this.open(document, range, request);
    setDownload(reply, document, range);
    return new StreamableFile(bytes);
  }

  /** `DELETE /v1/documents/{id}` */
  @Delete(':id')
  @Operation(operations.deleteDocument)
  @RequirePermission('documents:delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<DocumentDeleted> {
    await this.documents.delete(principal, id);
    return { success: true, message: 'Document deleted successfully' };
  }

  private async open(
    document: Document,
    range: ByteRange | null,
    { method, id }: FastifyRequest,
  ): Promise<Readable> {
    if (method === 'HEAD') {
      await this.documents.check(document);
      return Readable.from([]);
    }
    const bytes = await this.documents.read(document, range);
    // The answer has begun by then: the connection is broken off, and nobody but the log can be told.
    bytes.once('error', (err) => {
      const msg = `The download of ${document.id} was broken off: its file is damaged`;
      this.logger.error({ msg, requestId: id, err });
    });
    return bytes;
  }
}
