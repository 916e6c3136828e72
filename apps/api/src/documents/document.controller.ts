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
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTS_MULTIPART } from '../http/media-types.js';
import { toPage, type Page } from '../http/pagination.js';
import {
  listDocuments,
  presentDetails,
  presentDocument,
  type DocumentDetails,
  type DocumentItem,
  type ListDocuments,
} from './document.schema.js';
import { DocumentService } from './document.service.js';
import { setDownloadHeaders } from './download.js';

/** `/v1/documents` */
@RequireTier('lite')
@Controller('v1/documents')
export class DocumentController {
  constructor(private readonly documents: DocumentService) {}

  /** `POST /v1/documents`: multipart, `file`, `name?`, `metadata?` */
  @Post()
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

  /** `GET /v1/documents` */
  @Get()
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
  @RequirePermission('documents:read')
  async get(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<DocumentDetails> {
    return presentDetails(await this.documents.get(principal, id));
  }

  /** `GET /v1/documents/{id}/content` */
  @Get(':id/content')
  @RequirePermission('documents:read')
  async download(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const document = await this.documents.get(principal, id);
    const bytes = await this.documents.open(document);
    setDownloadHeaders(reply, document);
    return new StreamableFile(bytes);
  }

  /** `DELETE /v1/documents/{id}` */
  @Delete(':id')
  @RequirePermission('documents:delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
  ): Promise<{ success: true; message: string }> {
    await this.documents.delete(principal, id);
    return { success: true, message: 'Document deleted successfully' };
  }
}
