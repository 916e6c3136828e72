import { StandardSchemaValidationPipe } from '@nestjs/common';
import { ApiError } from './api.error.js';
import { toDetails } from './validation.js';

/** Checks what a request says against the schema of its handler's parameter; 400 with details where it does not fit. */
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new ApiError(400, { details: toDetails(issues) }) });
  }

  /**
   * Nothing is taken out unasked: the parent would drop members called `constructor` or `prototype` and answer as if
   * it had stored them. Fastify refuses `__proto__` and `constructor.prototype` while it parses, and no schema merges.
   */
  protected override stripProtoKeys(): void {
    // Deliberately empty.
  }
}
