import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { AuthSettings } from '../auth.settings.js';
import { ACCOUNT_ID_PREFIX } from '../credential/identifiers.js';
import { readToken, type UnverifiedToken } from '../credential/token.js';
import { checkClaims } from '../credential/token-claims.js';
import { matchesVerifier } from '../credential/verifier.js';
import type { Principal } from '../principal.js';
import { attributedTo, Refusal } from '../refusal.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { assertUsable } from './api-key.state.js';
import { principalOfKey, principalOfToken } from './principal.factory.js';
import { findSigner, type Signer } from './signer.js';
import { orUnavailable } from './store-unavailable.error.js';

/** How many keys of an account are tried for a JWT that names none. */
const MAX_SIGNERS = 20;

/** Nobody's: a key id that is unknown is compared like a wrong secret, so that the time taken tells nothing. */
const DECOY_VERIFIER = randomBytes(32);

/** Who signed a JWT, and the key it was verified with. */
export interface AuthenticatedToken extends Pick<Signer, 'signingKey'> {
  /** Who calls. */
  readonly principal: Principal;
}

/** Recognises an API key, by itself or by what it signed. */
@Injectable()
export class ApiKeyAuthenticator {
  constructor(
    private readonly keys: ApiKeyRepository,
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
    const keyId = this.settings.format.keyIdOf(credential);
    if (keyId === null) throw new Refusal('malformed_key');
    const found = await orUnavailable(this.keys.findById(keyId));
    const matches = matchesVerifier(credential, found?.verifier ?? DECOY_VERIFIER);
    if (found === null) throw new Refusal('unknown_key', keyId);
    if (!matches) throw new Refusal('wrong_secret', keyId);
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

  private judgeToken(
    token: UnverifiedToken,
    record: ApiKey,
    now: Date,
    ip: string | null,
  ): Principal {
    const claims = checkClaims(token.payload, this.settings.claims, now.getTime());
    assertSubject(token.subject, record.accountId);
    const { environment } = this.settings;
    const { issuedAt } = claims;
    assertUsable(record, { method: 'jwt', environment, now, ip, issuedAt });
    return principalOfToken(record, token.subject, claims, this.settings);
  }

  private async verifySignature(token: UnverifiedToken, now: Date): Promise<Signer> {
    const found = await orUnavailable(this.findCandidates(token, now));
    const signer = findSigner(token, found.slice(0, MAX_SIGNERS), this.settings.masterKeys);
    if (signer !== null) return signer;
    if ('keyId' in token.signer) {
      throw new Refusal(found.length === 0 ? 'unknown_key' : 'wrong_signature', token.signer.keyId);
    }
    if (found.length > MAX_SIGNERS) throw new Refusal('kid_required');
    throw new Refusal(found.length === 0 ? 'unknown_account' : 'wrong_signature');
  }

  private async findCandidates({ signer }: UnverifiedToken, now: Date): Promise<ApiKey[]> {
    if ('accountId' in signer) {
      return this.keys.findSigners(
        signer.accountId,
        this.settings.environment,
        now,
        MAX_SIGNERS + 1,
      );
    }
    const key = await this.keys.findById(signer.keyId);
    return key === null ? [] : [key];
  }
}

/** A `sub` that looks like an account id must be the key's own account, in the same letters. */
function assertSubject(subject: string, accountId: string): void {
  const namesAccount = subject.toLowerCase().startsWith(`${ACCOUNT_ID_PREFIX}_`);
  if (namesAccount && subject !== accountId) throw new Refusal('subject_mismatch');
}
