import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { AuthSettings } from '../auth.settings.js';
import { ApiKeyAuthenticator, type AuthenticatedToken } from '../api-keys/api-key.authenticator.js';
import { RefusalRecorder } from '../audit/refusal-recorder.js';
import type { Principal } from '../principal.js';
import {
  actorRequest,
  clientIp,
  requireCredential,
  type HeaderSource,
} from './request-credential.js';
import { sortingErrors, type RunnableStrategy } from './running-strategy.js';
import { JWT_STRATEGY } from './strategy-names.js';

/** What the parent is given instead of the request: a token that the service has judged, and who signed it. */
interface JudgedToken extends AuthenticatedToken {
  readonly token: string;
}

/** Seconds. The service allows 30 with fractions; the parent counts whole ones, and must not be the stricter by that. */
const CLOCK_TOLERANCE = 31;

/** Without its own types in our declarations: an application that installs this package need not have them. */
const ParentStrategy: Type<RunnableStrategy> = Strategy;

/**
 * Strategy for JWTs that customers sign with their API key. The service judges: several keys may have signed, and the
 * parent turns an outage into a refusal. Under Passport the parent then verifies the same token with the key found, so
 * that two independent implementations must agree; the guard asks the service alone, which is the stricter one, and
 * saves what costs as much as all the rest.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(ParentStrategy, JWT_STRATEGY) {
  constructor(
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly settings: AuthSettings,
    private readonly refusals: RefusalRecorder,
  ) {
    super({
      jwtFromRequest: ({ token }: JudgedToken) => token,
      secretOrKeyProvider: ({ signingKey }: JudgedToken, _token: string, done: KeyReceiver) =>
        done(null, signingKey),
      // At the top level: with a member left undefined there, the parent forgets the list and takes any algorithm.
      algorithms: ['HS256'],
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE },
      passReqToCallback: true,
    });
  }

  /**
   * Who signed this JWT, and what the call may do: what the guard asks, without Passport between them.
   *
   * @param request whose client's address counts
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  recognise(credential: string, request: HeaderSource): Promise<Principal> {
    return this.judge(credential, request).then(({ principal }) => principal);
  }

  /** Judges the token, then has the parent verify it. Never throws, never rejects. */
  override authenticate(request: HeaderSource, options?: object): void {
    const running = sortingErrors(this, (refusal) =>
      this.refusals.note(refusal, actorRequest(request, this.settings)),
    );
    const verify = (judged: JudgedToken): void => super.authenticate.call(running, judged, options);
    this.judgePresented(request)
      .then(verify)
      .catch((error: unknown) => running.error(error));
  }

  /** Called by Passport once the parent has verified. */
  validate({ principal }: JudgedToken): Principal {
    return principal;
  }

  private async judgePresented(request: HeaderSource): Promise<JudgedToken> {
    const token = requireCredential(request, 'jwt');
    return { token, ...(await this.judge(token, request)) };
  }

  private judge(token: string, request: HeaderSource): Promise<AuthenticatedToken> {
    return this.authenticator.authenticateToken(token, () => clientIp(request, this.settings));
  }
}

type KeyReceiver = (error: null, key: AuthenticatedToken['signingKey']) => void;
