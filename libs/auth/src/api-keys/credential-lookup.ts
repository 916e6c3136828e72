import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { AuthSettings } from '../auth.settings.js';
import { ageOf, FRESH_FOR } from '../cache/reading.js';
import type { SignerReference } from '../credential/token-rules.js';
import { matchesVerifier } from '../credential/verifier.js';
import { MAX_SIGNERS, type KeyMatch, type SignerMatch } from './authentication-rules.js';
import type { Urgency } from './batch-loader.js';
import { KnownKeys, type FoundKeys } from './known-keys.js';
import { findSigner, type SignedText } from './signer.js';

/** Nobody's: a key id that is unknown is compared like a wrong secret, so that the time taken tells nothing. */
const DECOY_VERIFIER = randomBytes(32);

/** Milliseconds that an account's list of keys may be old where it knows no signer: a new key works within a second. */
const UNSUCCESSFUL_AGE = 1000;

/** Finds the keys that a credential may come from, and compares. Judges nothing. */
@Injectable()
export class CredentialLookup {
  constructor(
    private readonly keys: KnownKeys,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * The key with this id, and whether the credential is that key.
   *
   * @param urgency `soon` where nobody waits for it
   * @throws StoreUnavailableError
   */
  async matchKey(keyId: string, credential: string, urgency: Urgency = 'now'): Promise<KeyMatch> {
    const { keys, reading } = await this.keys.find(keyId, urgency);
    const found = keys[0] ?? null;
    const verifier = found?.record.verifier ?? DECOY_VERIFIER;
    return { found, reading, matches: matchesVerifier(credential, verifier) };
  }

  /**
   * Those who may have signed a JWT, and who did.
   *
   * @param urgency `soon` where nobody waits for it
   * @throws StoreUnavailableError
   */
  async matchSigner(
    reference: SignerReference,
    token: SignedText,
    urgency: Urgency = 'now',
  ): Promise<SignerMatch> {
    if ('keyId' in reference)
      return this.match(reference, token, await this.keys.findSigning(reference.keyId, urgency));
    const { accountId } = reference;
    const found = await this.keys.findSigners(accountId, FRESH_FOR, urgency);
    const match = this.match(reference, token, found);
    if (match.signer !== null || ageOf(match.reading) < UNSUCCESSFUL_AGE) return match;
    const latest = await this.keys.findSigners(accountId, UNSUCCESSFUL_AGE);
    return this.match(reference, token, latest);
  }

  private match(
    reference: SignerReference,
    token: SignedText,
    { keys, reading }: FoundKeys,
  ): SignerMatch {
    const tried = keys.slice(0, MAX_SIGNERS);
    const signer = findSigner(token, tried, this.settings.masterKeys);
    return { reference, reading, candidates: keys, signer };
  }
}
