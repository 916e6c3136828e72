import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import { ApiKeyAuthenticator } from '../api-keys/api-key.authenticator.js';
import { AuthSettings } from '../auth.settings.js';
import { RefusalRecorder } from '../audit/refusal-recorder.js';
import type { Principal } from '../principal.js';
import {
  actorRequest,
  clientIp,
  requireCredential,
  type HeaderSource,
} from './request-credential.js';
import { sortingErrors, type RunnableStrategy } from './running-strategy.js';
import { API_KEY_STRATEGY } from './strategy-names.js';

/** What the parent is handed instead of the request. */
interface Handed {
  readonly request: HeaderSource;
}

/** Without its own types in our declarations: an application that installs this package need not have them. */
const ParentStrategy: Type<RunnableStrategy> = Strategy;

/** Passport strategy for API keys in `Authorization: Bearer` (RFC 6750, section 2.1). */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(ParentStrategy, API_KEY_STRATEGY) {
  constructor(
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly settings: AuthSettings,
    private readonly refusals: RefusalRecorder,
  ) {
    super({ realm: settings.format.prefix, passReqToCallback: true });
  }

  /**
   * Who holds this API key: what the guard asks, without Passport between them.
   *
   * @param request whose client's address counts
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  recognise(credential: string, request: HeaderSource): Promise<Principal> {
    return this.authenticator.authenticateKey(credential, () => clientIp(request, this.settings));
  }

  /** Hands the parent one header and nothing else: it would take a token from body and query as well. */
  override authenticate(request: HeaderSource, options?: object): void {
    const running = sortingErrors(this, (refusal) =>
      this.refusals.note(refusal, actorRequest(request, this.settings)),
    );
    try {
      const authorization = `Bearer ${requireCredential(request, 'api_key')}`;
      super.authenticate.call(running, { headers: { authorization }, request }, options);
    } catch (error) {
      running.error(error);
    }
  }

  /** Called by Passport with what the parent was handed, and the credential in it. */
  async validate({ request }: Handed, credential: string): Promise<Principal> {
    const known = this.authenticator.recall('api_key', credential, () =>
      clientIp(request, this.settings),
    );
    return known ?? this.recognise(credential, request);
  }
}
