import { crc32 } from 'node:zlib';
import { ENVIRONMENT_TAGS, type Environment } from '../environment.js';
import type { Rule } from '../rule.js';
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

/** What a text is, read as an API key. */
export interface KeyReading {
  /** `key_` and the 16 characters of the id inside the key; null when its form is wrong. */
  readonly keyId: string | null;
  /** Whether the checksum is right. */
  readonly isIntact: boolean;
}

const NO_KEY: KeyReading = { keyId: null, isIntact: false };

/** What an API key must be before anything is looked up. */
export const KEY_FORM_RULES = [
  { name: 'key_form', reason: 'malformed_key', holds: ({ keyId }) => keyId !== null },
  {
    name: 'key_checksum',
    reason: 'malformed_key',
    needs: ['key_form'],
    holds: ({ isIntact }) => isIntact,
  },
] as const satisfies readonly Rule<KeyReading>[];

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

  /** Reads a text as a key. Never trims, folds or decodes. */
  read(credential: string): KeyReading {
    const id = this.pattern.exec(credential)?.[1];
    if (id === undefined) return NO_KEY;
    const body = credential.slice(0, -CHECKSUM_LENGTH);
    const isIntact = credential.slice(-CHECKSUM_LENGTH) === checksum(body);
    return { keyId: `${KEY_ID_PREFIX}_${id}`, isIntact };
  }

  /** The public id inside a key, or null when form or checksum is wrong. */
  keyIdOf(credential: string): string | null {
    const { keyId, isIntact } = this.read(credential);
    return isIntact ? keyId : null;
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
