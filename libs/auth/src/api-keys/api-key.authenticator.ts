import { Injectable } from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
import { KEY_FORM_RULES } from '../credential/api-key-format.js';
import { readToken, type UnverifiedToken } from '../credential/token.js';
import { checkClaims } from '../credential/token-claims.js';
import type { Principal } from '../principal.js';
import { attributedTo } from '../refusal.js';
import { assertRules } from '../rule.js';
import type { ApiKey } from './api-key.entity.js';
import { assertUsable } from './api-key.state.js';
import { KEY_MATCH_RULES, OWNER_RULES, SIGNER_RULES } from './authentication-rules.js';
import { CredentialLookup } from './credential-lookup.js';
import { principalOfKey, principalOfToken } from './principal.factory.js';
import type { Signer } from './signer.js';

/** Who signed a JWT, and the key it was verified with. */
export interface AuthenticatedToken extends Pick<Signer, 'signingKey'> {
  /** Who calls. */
  readonly principal: Principal;
}

/** Recognises an API key, by itself or by what it signed. */
@Injectable()
export class ApiKeyAuthenticator {
  constructor(
    private readonly lookup: CredentialLookup,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Who holds this API key.
   *
   * @param ip the client's address; null where it is not known
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  async authenticateKey(credential: string, ip: string | null): Promise<Principal> {
    const found = await this.identify(credential);
    const { environment } = this.settings;
    attributedTo(found, () =>
      assertUsable(found, { method: 'api_key', environment, now: new Date(), ip, issuedAt: null }),
    );
    return principalOfKey(found, this.settings);
  }

  /**
   * Who signed this JWT, and what the call may do.
   *
   * @param ip the client's address; null where it is not known
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  async authenticateToken(credential: string, ip: string | null): Promise<AuthenticatedToken> {
    const token = readToken(credential);
    const now = new Date();
    const { record, signingKey } = await this.verifySignature(token, now);
    const principal = attributedTo(record, () => this.judgeToken(token, record, now, ip));
    return { signingKey, principal };
  }

  private async identify(credential: string): Promise<ApiKey> {
    const reading = this.settings.format.read(credential);
    assertRules(KEY_FORM_RULES, reading);
    const keyId = reading.keyId as string;
    const match = await this.lookup.matchKey(keyId, credential);
    assertRules(KEY_MATCH_RULES, match, keyId);
    return match.found as ApiKey;
  }

  private judgeToken(
    token: UnverifiedToken,
    record: ApiKey,
    now: Date,
    ip: string | null,
  ): Principal {
    const claims = checkClaims(token.payload, this.settings.claims, now.getTime());
    assertRules(OWNER_RULES, { subject: token.subject, accountId: record.accountId });
    const { environment } = this.settings;
    const { issuedAt } = claims;
    assertUsable(record, { method: 'jwt', environment, now, ip, issuedAt });
    return principalOfToken(record, token.subject, claims, this.settings);
  }

  private async verifySignature(token: UnverifiedToken, now: Date): Promise<Signer> {
    const match = await this.lookup.matchSigner(token.signer, token, now);
    assertRules(SIGNER_RULES, match, 'keyId' in token.signer ? token.signer.keyId : null);
    return match.signer as Signer;
  }
}
