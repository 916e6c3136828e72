import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import { ApiKeyService } from '../api-keys/api-key.service.js';
import { AuthSettings } from '../auth.settings.js';
import type { Principal } from '../principal.js';
import { requireCredential, type HeaderSource } from './request-credential.js';
import { sortingErrors, type RunnableStrategy } from './run-strategy.js';
import { API_KEY_STRATEGY } from './strategy-names.js';

/** Without its own types in our declarations: an application that installs this package need not have them. */
const ParentStrategy: Type<RunnableStrategy> = Strategy;

/** Passport strategy for API keys in `Authorization: Bearer` (RFC 6750, section 2.1). */
@Injectable()
export class ApiKeyStrategy extends PassportStrategy(ParentStrategy, API_KEY_STRATEGY) {
  constructor(
    private readonly apiKeys: ApiKeyService,
    settings: AuthSettings,
  ) {
    super({ realm: settings.format.prefix });
  }

  /** Hands the parent one header and nothing else: it would take a token from body and query as well. */
  override authenticate(request: HeaderSource, options?: object): void {
    const running = sortingErrors(this);
    try {
      const authorization = `Bearer ${requireCredential(request, 'api_key')}`;
      super.authenticate.call(running, { headers: { authorization } }, options);
    } catch (error) {
      running.error(error);
    }
  }

  /** Called by Passport with the credential. */
  validate(credential: string): Promise<Principal> {
    return this.apiKeys.authenticateKey(credential);
  }
}
