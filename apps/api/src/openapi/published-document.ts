import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { staticContent, type StaticContent } from './static-answer.js';

/** The OpenAPI document that is served; there once the application knows its routes. */
@Injectable()
export class PublishedDocument {
  private published: StaticContent | undefined;

  /** Serves this document from now on. */
  publish(document: OpenAPIObject): void {
    this.published = staticContent('application/json; charset=utf-8', JSON.stringify(document));
  }

  /** What is served. */
  get content(): StaticContent {
    if (this.published === undefined) throw new Error('No document is published');
    return this.published;
  }
}
