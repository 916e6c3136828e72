import { actorRequest, AuthSettings, type KeyActor, type Principal } from '@clary/nestjs-auth';
import {
  createParamDecorator,
  Injectable,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** A request that the guard has let in. */
type LetIn = FastifyRequest & { readonly user: Principal };

/** Makes of a request who changes something by it. */
@Injectable()
export class ActorPipe implements PipeTransform<LetIn, KeyActor> {
  constructor(private readonly settings: AuthSettings) {}

  transform(request: LetIn): KeyActor {
    return { type: 'key', principal: request.user, ...actorRequest(request, this.settings) };
  }
}

const Request = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<LetIn>(),
);

/** Hands a handler who changes something: the caller, its request and its address. */
export const CurrentActor = (): ParameterDecorator => Request(ActorPipe);
