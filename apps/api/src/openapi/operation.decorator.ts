import type { AuthenticationMethod, Handler } from '@clary/nestjs-auth';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { z } from 'zod';
import type { ErrorStatus } from '../http/error.schema.js';
import type { HeaderName } from './headers.js';

/** Metadata key of what a handler says of itself. */
const OPERATION = 'clary:operation';

/** One answer that is no error. */
export interface Answer {
  readonly description: string;
  /** Its JSON body. */
  readonly schema?: z.ZodType;
  /** Media types of its body, where that is not JSON. */
  readonly content?: readonly string[];
  /** Headers that it has, beside those of every answer. */
  readonly headers?: readonly HeaderName[];
}

/** A multipart body, which the handler reads by itself. */
export interface MultipartBody {
  readonly schema: z.ZodType;
  readonly description: string;
  /** Media types of the parts that are not plain text, by name. */
  readonly partTypes: Readonly<Record<string, string>>;
}

/** What an operation says of itself. What follows from its route is not said here: who may call, and most errors. */
export interface OperationOptions {
  /** What the function is called in generated clients. */
  readonly id: string;
  /** A few words, without a full stop. */
  readonly summary: string;
  /** Sentences, in Markdown. */
  readonly description: string;
  readonly pathParameters?: Readonly<Record<string, z.ZodType>>;
  /** The one way in which it may be called, where not every credential will do. */
  readonly method?: AuthenticationMethod;
  /** What request headers mean here, by name. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly multipart?: MultipartBody;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** By status: errors that do not follow from the route, and what the others mean here in particular. */
  readonly errors?: Readonly<Partial<Record<ErrorStatus, string>>>;
}

/** Describes a handler in the OpenAPI document. Every handler of a route needs it. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id: operationId, summary, description } = options;
  return applyDecorators(
    SetMetadata(OPERATION, options),
    ApiOperation({ operationId, summary, description }),
  );
}

/** What a handler says of itself; undefined where it says nothing. */
export function operationOf(handler: Handler): OperationOptions | undefined {
  return Reflect.getMetadata(OPERATION, handler) as OperationOptions | undefined;
}
