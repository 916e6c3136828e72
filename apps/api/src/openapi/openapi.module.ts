import { Module } from '@nestjs/common';
import { OpenApiController } from './openapi.controller.js';
import { PublishedDocument } from './published-document.js';

/** `GET /openapi.json` and `GET /docs`. */
@Module({ controllers: [OpenApiController], providers: [PublishedDocument] })
export class OpenApiModule {}
