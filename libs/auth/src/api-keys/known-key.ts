import { Logger } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { stripesOf, type Stripes } from '../cache/change-clock.js';
import type { AuthSettings } from '../auth.settings.js';
import type { Reading } from '../cache/reading.js';
import type { KeyHolder } from '../cache/remembered-credentials.js';
import { MissingMasterKeyError, type MasterKeyRing } from '../credential/master-keys.js';
import type { KeyRecord } from './key-record.js';
import { holderOf } from './principal.factory.js';

const logger = new Logger('ApiKeySigner');

/** A key as it was read, when that was, and the HMAC key of its JWTs once it was needed. */
export class KnownKey {
  /** What the key depends on: itself and its account. */
  readonly stripes: Stripes;
  private held: KeyHolder | undefined;
  private opened: KeyObject | MissingMasterKeyError | null | undefined;

  constructor(
    readonly record: KeyRecord,
    readonly reading: Reading,
  ) {
    this.stripes = stripesOf(record.id, record.accountId);
  }

  /** What of it a principal is made of. */
  holder(settings: AuthSettings): KeyHolder {
    return (this.held ??= holderOf(this.record, settings));
  }

  /**
   * 32 bytes: the key's SHA-256, which HMAC-SHA-256 takes for the key itself (RFC 2104, section 2). Null where the sealed
   * digest does not open, and an error in place of it where its master key is not configured.
   */
  signingKey(masterKeys: MasterKeyRing): KeyObject | MissingMasterKeyError | null {
    if (this.opened === undefined) this.opened = openDigest(this.record, masterKeys);
    return this.opened;
  }
}

function openDigest(
  { id, accountId, sealedDigest }: KeyRecord,
  masterKeys: MasterKeyRing,
): KeyObject | MissingMasterKeyError | null {
  try {
    return masterKeys.open(sealedDigest, { keyId: id, accountId });
  } catch (error) {
    if (error instanceof MissingMasterKeyError) return error;
    // Altered, or moved here from another row: whatever it holds, nothing it signed is this key's.
    logger.error(
      `The sealed digest of ${id} does not open: the row was altered outside this software`,
    );
    return null;
  }
}
