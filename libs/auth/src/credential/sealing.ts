import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 1;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const HEADER_SIZE = 5;
const MIN_SIZE = HEADER_SIZE + NONCE_SIZE + TAG_SIZE;

/** The row a sealed value belongs to. A blob moved to another row does not open. */
export interface SealContext {
  /** `key_` and 16 base62 characters. */
  readonly keyId: string;
  /** `acct_` and 16 base62 characters. */
  readonly accountId: string;
}

/**
 * Seals a secret with AES-256-GCM under a random 96-bit nonce (NIST SP 800-38D, section 8.2.2).
 *
 * @returns format (1 byte), master key version (4 bytes, big endian), nonce (12), tag (16), ciphertext
 */
export function seal(
  secret: Buffer,
  version: number,
  key: KeyObject,
  context: SealContext,
): Buffer {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(associatedData(version, context));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt8(FORMAT, 0);
  header.writeUInt32BE(version, 1);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), ciphertext]);
}

/**
 * The master key version that a blob was sealed under.
 *
 * @throws RangeError when the blob is not of this format
 */
export function sealedVersion(blob: Buffer): number {
  if (blob.length < MIN_SIZE || blob.readUInt8(0) !== FORMAT)
    throw new RangeError('Not a sealed value');
  return blob.readUInt32BE(1);
}

/**
 * Opens a sealed secret.
 *
 * @throws Error when the blob was altered, belongs to another row, or the key is not the one it was sealed under
 */
export function open(blob: Buffer, key: KeyObject, context: SealContext): Buffer {
  const version = sealedVersion(blob);
  const tagStart = HEADER_SIZE + NONCE_SIZE;
  const nonce = blob.subarray(HEADER_SIZE, tagStart);
  // Without an explicit length, Node 20 accepts tags cut down to 4 bytes.
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_SIZE });
  decipher.setAAD(associatedData(version, context));
  decipher.setAuthTag(blob.subarray(tagStart, tagStart + TAG_SIZE));
  return Buffer.concat([decipher.update(blob.subarray(tagStart + TAG_SIZE)), decipher.final()]);
}

function associatedData(version: number, { keyId, accountId }: SealContext): Buffer {
  // Ids hold no line break, so no two contexts give the same bytes.
  return Buffer.from(`${version}\n${keyId}\n${accountId}`, 'utf8');
}
