import { Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiKeyAuthenticator } from './api-keys/api-key.authenticator.js';
import { RefusalRecorder } from './audit/refusal-recorder.js';
import { AuthError, ForbiddenError, UnauthorizedError } from './auth.errors.js';
import { AuthSettings } from './auth.settings.js';
import type { Principal } from './principal.js';
import { Refusal } from './refusal.js';
import type { RouteRule } from './routes/route-rule.js';
import { RouteRules } from './routes/route-rules.js';
import { ApiKeyStrategy } from './strategies/api-key.strategy.js';
import { JwtStrategy } from './strategies/jwt.strategy.js';
import {
  actorRequest,
  clientIp,
  peekRequestCredential,
  readRequestCredential,
  requestIdOf,
  type HeaderSource,
} from './strategies/request-credential.js';
import { asAnswered } from './strategies/running-strategy.js';
import { UsageRecorder } from './usage/usage-recorder.js';

/** What the guard uses of a request, of Express as of Fastify. */
export interface GuardedRequest extends HeaderSource {
  /** Set to who calls, once known. */
  user?: Principal;
}

/** Stands before a route: who calls, then may they. 401 before 403, and an outage is 503. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly logger = new Logger('AuthGuard');

  constructor(
    private readonly rules: RouteRules,
    private readonly settings: AuthSettings,
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly refusals: RefusalRecorder,
    private readonly apiKeyStrategy: ApiKeyStrategy,
    private readonly jwtStrategy: JwtStrategy,
    private readonly adapterHost: HttpAdapterHost,
    private readonly usage: UsageRecorder,
  ) {}

  /**
   * Answers at once for a credential that is known, and else promises to.
   *
   * @throws UnauthorizedError, ForbiddenError or UnavailableError, with their headers set on the response
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = this.rules.of(context.getHandler(), context.getClass());
    if (rule.public) return true;
    const request = this.getRequest(context);
    try {
      const caller = this.authenticate(request);
      if (isPending(caller)) return this.admitOnce(caller, rule, request, context);
      return this.admit(caller, rule, request);
    } catch (error) {
      throw this.toAnswer(error, rule, request, context);
    }
  }

  /** The HTTP request of a context. Override it for contexts of another kind, such as GraphQL. */
  protected getRequest(context: ExecutionContext): GuardedRequest {
    return context.switchToHttp().getRequest<GuardedRequest>();
  }

  /** The HTTP response of a context, which receives the headers of a refusal; undefined where there is none. */
  protected getResponse(context: ExecutionContext): unknown {
    return context.getType() === 'http' ? context.switchToHttp().getResponse<unknown>() : undefined;
  }

  /** Who calls: from memory, else by the one strategy that the credential's shape names. */
  protected authenticate(request: GuardedRequest): Principal | Promise<Principal> {
    return this.recall(request) ?? this.recognise(request);
  }

  /** Whether the caller may: throws ForbiddenError with all that is missing. */
  protected authorize(principal: Principal, { tier, permissions }: RouteRule): void {
    const { tiers, permissions: catalogue, format } = this.settings;
    const isHighEnough = tier === undefined || tiers.includes(principal.tier, tier);
    const lacks = (permission: string): boolean =>
      !catalogue.allows(principal.permissions, permission);
    if (isHighEnough && !permissions.some(lacks)) return;
    throw new ForbiddenError(
      { tier: isHighEnough ? undefined : tier, permissions: permissions.filter(lacks) },
      format.prefix,
    );
  }

  private recall(request: GuardedRequest): Principal | undefined {
    const presented = peekRequestCredential(request);
    if (presented === null) return undefined;
    const ip = (): string | null => clientIp(request, this.settings);
    return this.authenticator.recall(presented.method, presented.credential, ip);
  }

  private recognise(request: GuardedRequest): Promise<Principal> {
    const { credential, method } = readRequestCredential(request);
    const strategy = method === 'jwt' ? this.jwtStrategy : this.apiKeyStrategy;
    return strategy.recognise(credential, request);
  }

  private admit(principal: Principal, rule: RouteRule, request: GuardedRequest): boolean {
    if (typeof principal.keyId !== 'string') throw new TypeError('Nobody was recognised');
    request.user = principal;
    this.authorize(principal, rule);
    this.usage.count(rule, principal.keyId, 'allowed');
    return true;
  }

  private async admitOnce(
    caller: PromiseLike<Principal>,
    rule: RouteRule,
    request: GuardedRequest,
    context: ExecutionContext,
  ): Promise<boolean> {
    try {
      return this.admit(await caller, rule, request);
    } catch (error) {
      throw this.toAnswer(error, rule, request, context);
    }
  }

  /** Of a stranger, who only guesses at a key, nothing is counted. */
  private countRefused(error: unknown, { user }: GuardedRequest, rule: RouteRule): void {
    if (error instanceof Refusal && error.holderKeyId !== null)
      this.usage.count(rule, error.holderKeyId, 'unauthorized');
    else if (error instanceof ForbiddenError && user !== undefined)
      this.usage.count(rule, user.keyId, 'forbidden');
  }

  /** What is thrown to the client; the exact reason goes to the log alone. */
  private toAnswer(
    error: unknown,
    rule: RouteRule,
    request: GuardedRequest,
    context: ExecutionContext,
  ): unknown {
    this.countRefused(error, request, rule);
    const answer = error instanceof Refusal ? this.refuse(error, request) : asAnswered(error);
    if (!(answer instanceof AuthError)) return answer;
    this.logRefusal(answer, request);
    this.setHeaders(answer, this.getResponse(context));
    return answer;
  }

  private refuse(refusal: Refusal, request: GuardedRequest): UnauthorizedError {
    this.refusals.note(refusal, actorRequest(request, this.settings));
    return new UnauthorizedError(refusal, this.settings.format.prefix);
  }

  private setHeaders({ headers }: AuthError, response: unknown): void {
    if (response === undefined) return;
    for (const [name, value] of Object.entries(headers)) {
      this.adapterHost.httpAdapter.setHeader(response, name, value);
    }
  }

  private logRefusal(answer: AuthError, request: GuardedRequest): void {
    const { user } = request;
    const requestId = requestIdOf(request);
    if (answer instanceof UnauthorizedError) {
      const { reason, keyId } = answer.refusal;
      this.logger.warn({ msg: 'Refused: who calls is not known', reason, keyId, requestId });
    } else if (answer instanceof ForbiddenError) {
      const { tier, permissions } = answer.missing;
      const missing = { tier: tier ?? null, permissions };
      this.logger.warn({
        msg: 'Refused: rights are missing',
        missing,
        keyId: user?.keyId ?? null,
        requestId,
      });
    } else {
      const cause = answer.cause instanceof Error ? answer.cause.message : String(answer.cause);
      this.logger.error({ msg: 'Unavailable: the keys cannot be looked up', cause, requestId });
    }
  }
}

/** Not by `instanceof`: an application may have put another `Promise` in place of the engine's own. */
function isPending(caller: Principal | PromiseLike<Principal>): caller is PromiseLike<Principal> {
  return 'then' in caller;
}
