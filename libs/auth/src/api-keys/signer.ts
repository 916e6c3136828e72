import { Logger } from '@nestjs/common';
import { randomBytes, type KeyObject } from 'node:crypto';
import { MissingMasterKeyError, type MasterKeyRing } from '../credential/master-keys.js';
import { DIGEST_SIZE, signingKey as toSigningKey, verifyHs256 } from '../credential/signing-key.js';
import type { UnverifiedToken } from '../credential/token.js';
import type { ApiKey } from './api-key.entity.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const logger = new Logger('ApiKeySigner');

/** Signs nothing that anybody holds: for a look-up without a result, which must cost what one with a result does. */
const DECOY = toSigningKey(randomBytes(DIGEST_SIZE));

/** A stored key and the HMAC key that its JWTs are signed with. */
export interface Signer {
  /** The key's row. */
  readonly record: ApiKey;
  /** 32 bytes: the key's SHA-256, which HMAC-SHA-256 takes for the key itself (RFC 2104, section 2). */
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
  candidates: readonly ApiKey[],
  masterKeys: MasterKeyRing,
): Signer | null {
  let signer: Signer | null = null;
  let untried: MissingMasterKeyError | null = null;
  for (const record of candidates) {
    const signingKey = openDigest(record, masterKeys);
    if (signingKey instanceof MissingMasterKeyError) untried = signingKey;
    else if (signingKey !== null && verifyHs256(token.signingInput, token.signature, signingKey)) {
      signer = { record, signingKey };
    }
  }
  if (candidates.length === 0) verifyHs256(token.signingInput, token.signature, DECOY);
  if (signer === null && untried !== null) throw new StoreUnavailableError(untried);
  return signer;
}

function openDigest(
  record: ApiKey,
  masterKeys: MasterKeyRing,
): KeyObject | MissingMasterKeyError | null {
  try {
    return masterKeys.open(record.sealedDigest, { keyId: record.id, accountId: record.accountId });
  } catch (error) {
    if (error instanceof MissingMasterKeyError) return error;
    // Altered, or moved here from another row: whatever it holds, nothing it signed is this key's.
    logger.error(
      `The sealed digest of ${record.id} does not open: the row was altered outside this software`,
    );
    return null;
  }
}
