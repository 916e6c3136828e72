import { crc32 } from 'node:zlib';
import { ENVIRONMENT_TAGS, type Environment } from '../environment.js';
import { encodeBase62, randomBase62 } from './base62.js';
import { KEY_ID_PREFIX } from './identifiers.js';

const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

/** A freshly made key. `key` is the secret text itself. */
export interface GeneratedApiKey {
  /** The key: whoever has it is its holder. */
  readonly key: string;
  /** `key_` and the 16 characters of the id inside the key. */
  readonly keyId: string;
}

/**
 * The form of an API key: `<prefix>_<env>_<id: 16><secret: 43><checksum: 6>` with `_` after the id, all base62. Always
 * more than 64 bytes, so that HMAC-SHA-256 uses its SHA-256 as the key (RFC 2104, section 2): the server can verify
 * what the key signs without keeping the key.
 */
export class ApiKeyFormat {
  private readonly pattern: RegExp;

  /**
   * @param prefix 1 to 20 lower-case letters and digits, a letter first
   * @throws RangeError for another prefix
   */
  constructor(readonly prefix: string) {
    if (!/^[a-z][a-z0-9]{0,19}$/.test(prefix)) {
      throw new RangeError(
        'The key prefix must be 1 to 20 lower-case letters and digits, a letter first',
      );
    }
    const tags = Object.values(ENVIRONMENT_TAGS).join('|');
    this.pattern = new RegExp(
      `^${prefix}_(?:${tags})_([0-9A-Za-z]{16})_[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`,
    );
  }

  /** Makes a key with a random id and 256 random bits. */
  generate(environment: Environment): GeneratedApiKey {
    const id = randomBase62(16);
    const body = `${this.prefix}_${ENVIRONMENT_TAGS[environment]}_${id}_${randomBase62(SECRET_LENGTH)}`;
    return { key: body + checksum(body), keyId: `${KEY_ID_PREFIX}_${id}` };
  }

  /** The public id inside a key, or null when form or checksum is wrong. Never trims, folds or decodes. */
  keyIdOf(credential: string): string | null {
    const id = this.pattern.exec(credential)?.[1];
    if (id === undefined) return null;
    const body = credential.slice(0, -CHECKSUM_LENGTH);
    return credential.slice(-CHECKSUM_LENGTH) === checksum(body) ? `${KEY_ID_PREFIX}_${id}` : null;
  }

  /** What may be shown of a key for ever: everything before its secret. */
  hint(environment: Environment, keyId: string): string {
    return `${this.prefix}_${ENVIRONMENT_TAGS[environment]}_${keyId.slice(KEY_ID_PREFIX.length + 1)}_…`;
  }
}

/** CRC-32 (IEEE 802.3) in base62: finds typing errors before anything is looked up; it proves nothing. */
function checksum(body: string): string {
  return encodeBase62(crc32(body), CHECKSUM_LENGTH);
}
