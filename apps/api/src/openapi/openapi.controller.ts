import { Public } from '@clary/nestjs-auth';
import { Controller, Get, Param, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../http/api.error.js';
import { page, PAGE_POLICY, readAssets } from './docs-page.js';
import { Operation } from './operation.decorator.js';
import * as operations from './openapi.operations.js';
import { PublishedDocument } from './published-document.js';
import { Resource } from './resource.decorator.js';
import { sendStatic } from './static-answer.js';

/** The description of the API, for programs and for people. */
@Resource('Description', 'What this API can do, for programs and for people.')
@Public()
@Controller()
export class OpenApiController {
  private readonly assets = readAssets();

  constructor(private readonly document: PublishedDocument) {}

  /** `GET /openapi.json` */
  @Get('openapi.json')
  @Operation(operations.getOpenApiDocument)
  read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | StreamableFile {
    return sendStatic(request, reply, this.document.content);
  }

  /** `GET /docs` */
  @Get('docs')
  @Operation(operations.getDocsPage)
  readPage(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | StreamableFile {
    void reply.header('Content-Security-Policy', PAGE_POLICY);
    return sendStatic(request, reply, page);
  }

  /** `GET /docs/{file}` */
  @Get('docs/:file')
  @Operation(operations.getDocsFile)
  readAsset(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | StreamableFile {
    const asset = this.assets.get(file);
    if (asset === undefined) throw new ApiError(404);
    return sendStatic(request, reply, asset);
  }
}
