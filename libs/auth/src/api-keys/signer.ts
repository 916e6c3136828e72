import { randomBytes, type KeyObject } from 'node:crypto';
import { MissingMasterKeyError, type MasterKeyRing } from '../credential/master-keys.js';
import { DIGEST_SIZE, signingKey as toSigningKey, verifyHs256 } from '../credential/signing-key.js';
import type { UnverifiedToken } from '../credential/token.js';
import type { KnownKey } from './known-key.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

/** Signs nothing that anybody holds: for a look-up without a result, which must cost what one with a result does. */
const DECOY = toSigningKey(randomBytes(DIGEST_SIZE));

/** A key and the HMAC key that its JWTs are signed with. */
export interface Signer {
  readonly key: KnownKey;
  /** 32 bytes. */
  readonly signingKey: KeyObject;
}

/** What was signed, and with what result. */
export type SignedText = Pick<UnverifiedToken, 'signingInput' | 'signature'>;

/**
 * The one of the candidates that signed the token, or null. Tries all of them, so that the time taken does not tell
 * which one it was.
 *
 * @throws StoreUnavailableError when none signed it and one could not be tried for want of its master key
 */
export function findSigner(
  token: SignedText,
  candidates: readonly KnownKey[],
  masterKeys: MasterKeyRing,
): Signer | null {
  let signer: Signer | null = null;
  let untried: MissingMasterKeyError | null = null;
  for (const key of candidates) {
    const signingKey = key.signingKey(masterKeys);
    if (signingKey instanceof MissingMasterKeyError) untried = signingKey;
    else if (signingKey !== null && verifyHs256(token.signingInput, token.signature, signingKey)) {
      signer = { key, signingKey };
    }
  }
  if (candidates.length === 0) verifyHs256(token.signingInput, token.signature, DECOY);
  if (signer === null && untried !== null) throw new StoreUnavailableError(untried);
  return signer;
}
