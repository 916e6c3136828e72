import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { AuthSettings } from '../auth.settings.js';
import type { SignerReference } from '../credential/token-rules.js';
import { matchesVerifier } from '../credential/verifier.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { MAX_SIGNERS, type KeyMatch, type SignerMatch } from './authentication-rules.js';
import { findSigner, type SignedText } from './signer.js';
import { orUnavailable } from './store-unavailable.error.js';

/** Nobody's: a key id that is unknown is compared like a wrong secret, so that the time taken tells nothing. */
const DECOY_VERIFIER = randomBytes(32);

/** Finds the keys that a credential may come from, and compares. Judges nothing. */
@Injectable()
export class CredentialLookup {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * The key with this id, and whether the credential is that key.
   *
   * @throws StoreUnavailableError
   */
  async matchKey(keyId: string, credential: string): Promise<KeyMatch> {
    const found = await orUnavailable(this.keys.findById(keyId));
    return { found, matches: matchesVerifier(credential, found?.verifier ?? DECOY_VERIFIER) };
  }

  /**
   * Those who may have signed a JWT, and who did.
   *
   * @throws StoreUnavailableError
   */
  async matchSigner(
    reference: SignerReference,
    token: SignedText,
    now: Date,
  ): Promise<SignerMatch> {
    const candidates = await orUnavailable(this.findCandidates(reference, now));
    const tried = candidates.slice(0, MAX_SIGNERS);
    return { reference, candidates, signer: findSigner(token, tried, this.settings.masterKeys) };
  }

  private async findCandidates(reference: SignerReference, now: Date): Promise<ApiKey[]> {
    if ('accountId' in reference) {
      return this.keys.findSigners(
        reference.accountId,
        this.settings.environment,
        now,
        MAX_SIGNERS + 1,
      );
    }
    const key = await this.keys.findById(reference.keyId);
    return key === null ? [] : [key];
  }
}
