import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../principal.js';

/** Hands a handler who calls: the `Principal`, or undefined on a public route. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal | undefined =>
    context.switchToHttp().getRequest<{ user?: Principal }>().user,
);
