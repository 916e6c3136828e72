import { createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { open, seal, sealedVersion, type SealContext } from './sealing.js';
import { signingKey } from './signing-key.js';

const KEY_SIZE = 32;
const MAX_VERSION = 0xffff_ffff;
const SEAL_LABEL = 'clary/seal/v1';
const CHECK_LABEL = 'clary/master-key-check/v1';

/** One version of the secret under which signing digests are sealed. */
export interface MasterKey {
  /** 1 to 2^32 - 1. */
  readonly version: number;
  /** 32 random bytes. */
  readonly key: Buffer;
}

/** Proof of which master key a version names, safe to store: it tells nothing about the key. */
export interface MasterKeyCheckValue {
  /** Positive integer. */
  readonly version: number;
  /** 32 bytes. */
  readonly value: Buffer;
}

/** Thrown when a digest was sealed under a master key version that is not configured. */
export class MissingMasterKeyError extends Error {
  override readonly name = 'MissingMasterKeyError';

  constructor(readonly version: number) {
    super(`Master key version ${version} is not configured`);
  }
}

/** Thrown where something is to be sealed and there is no master key at all. */
export class NoMasterKeyError extends Error {
  override readonly name = 'NoMasterKeyError';

  constructor() {
    super('No master key is configured: API keys cannot be issued');
  }
}

/** The configured master keys: seals under the first, opens under any. */
export class MasterKeyRing {
  private readonly sealingKeys: ReadonlyMap<number, KeyObject>;

  /**
   * @param keys newest first; none is allowed, then bearer keys work but nothing can be sealed or opened
   * @throws RangeError for a version or size out of range, or a version that stands twice
   */
  constructor(private readonly keys: readonly MasterKey[]) {
    keys.forEach(assertValid);
    this.sealingKeys = new Map(keys.map(({ version, key }) => [version, derive(key, SEAL_LABEL)]));
    if (this.sealingKeys.size !== keys.length)
      throw new RangeError('A master key version is given twice');
  }

  /** The configured versions, newest first. */
  get versions(): number[] {
    return this.keys.map(({ version }) => version);
  }

  /** What to store so that another key under a known version is noticed. */
  checkValues(): MasterKeyCheckValue[] {
    return this.keys.map(({ version, key }) => ({
      version,
      value: createHmac('sha256', derive(key, CHECK_LABEL)).update(String(version)).digest(),
    }));
  }

  /**
   * Seals a signing digest for its row, under the newest master key.
   *
   * @throws NoMasterKeyError
   */
  seal(digest: Buffer, context: SealContext): Buffer {
    const { version } = this.newest;
    return seal(digest, version, this.sealingKey(version), context);
  }

  /**
   * Seals anew, under the newest master key, what an older one sealed.
   *
   * @throws NoMasterKeyError
   * @throws MissingMasterKeyError when the older one is not configured
   * @throws Error when the blob was altered or belongs to another row
   */
  reseal(blob: Buffer, context: SealContext): Buffer {
    return this.seal(open(blob, this.sealingKey(sealedVersion(blob)), context), context);
  }

  /**
   * The master key that seals.
   *
   * @throws NoMasterKeyError
   */
  get newest(): MasterKey {
    const newest = this.keys[0];
    if (newest === undefined) throw new NoMasterKeyError();
    return newest;
  }

  /**
   * Opens a sealed signing digest as a key for HMAC.
   *
   * @throws MissingMasterKeyError when its version is not configured
   * @throws Error when it was altered or belongs to another row
   */
  open(blob: Buffer, context: SealContext): KeyObject {
    return signingKey(open(blob, this.sealingKey(sealedVersion(blob)), context));
  }

  private sealingKey(version: number): KeyObject {
    const key = this.sealingKeys.get(version);
    if (key === undefined) throw new MissingMasterKeyError(version);
    return key;
  }
}

/**
 * Reads `<version>:<base64 of 32 bytes>`, comma-separated, newest first.
 *
 * @throws RangeError that says which entry is wrong, never what it holds
 */
export function parseMasterKeys(text: string): MasterKey[] {
  return text.split(',').map((entry, index) => {
    const match = /^([1-9][0-9]{0,9}):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim());
    if (match === null) {
      throw new RangeError(`entry ${index + 1} is not <version>:<base64 of 32 bytes>`);
    }
    return { version: Number(match[1]), key: Buffer.from(match[2] as string, 'base64') };
  });
}

/** Makes a master key from the CSPRNG, written as `parseMasterKeys` reads it. */
export function generateMasterKey(version = 1): string {
  return `${version}:${randomBytes(KEY_SIZE).toString('base64')}`;
}

function assertValid({ version, key }: MasterKey): void {
  if (!Number.isInteger(version) || version < 1 || version > MAX_VERSION) {
    throw new RangeError('A master key version must be a positive integer');
  }
  if (key.length !== KEY_SIZE) throw new RangeError(`Master key ${version} must have 32 bytes`);
}

/** HKDF-SHA-256 (RFC 5869) with one label per purpose, so that no derived key serves two. */
function derive(key: Buffer, label: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), label, KEY_SIZE)));
}
