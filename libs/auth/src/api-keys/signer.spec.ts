import { Logger } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKeyFormat } from '../credential/api-key-format.js';
import { newId } from '../credential/identifiers.js';
import { MasterKeyRing, type MasterKey } from '../credential/master-keys.js';
import { signingDigest } from '../credential/signing-key.js';
import type { UnverifiedToken } from '../credential/token.js';
import type { KeyRecord } from './key-record.js';
import { KnownKey } from './known-key.js';
import { findSigner, type SignedText, type Signer } from './signer.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const one: MasterKey = { version: 1, key: randomBytes(32) };
const two: MasterKey = { version: 2, key: randomBytes(32) };
const ring = new MasterKeyRing([one]);
const format = new ApiKeyFormat('clary');

interface Holder {
  readonly key: string;
  readonly record: KeyRecord;
}

function issue(masterKeys = ring): Holder {
  const { key, keyId: id } = format.generate('development');
  const accountId = newId('acct');
  const sealedDigest = masterKeys.seal(signingDigest(key), { keyId: id, accountId });
  return { key, record: recordOf(id, accountId, sealedDigest) };
}

function recordOf(id: string, accountId: string, sealedDigest: Buffer): KeyRecord {
  return { id, accountId, sealedDigest } as KeyRecord;
}

/** Who of these signed. */
function signerAmong(records: readonly KeyRecord[], token: SignedText): Signer | null {
  const reading = { asOf: 0, at: 0, wallAt: 0 };
  return findSigner(
    token,
    records.map((record) => new KnownKey(record, reading)),
    ring,
  );
}

function signedBy(key: string, signingInput = 'header.payload'): UnverifiedToken {
  const signature = createHmac('sha256', key).update('header.payload').digest();
  return {
    signer: { accountId: newId('acct') },
    subject: 'x',
    payload: {},
    signingInput,
    signature,
  };
}

describe('who signed a JWT', () => {
  const keys = [issue(), issue(), issue()];
  const records = keys.map(({ record }) => record);

  const error = vi.fn<(...line: unknown[]) => void>();

  beforeEach(() => {
    error.mockClear();
    Logger.overrideLogger({ log: vi.fn(), warn: vi.fn(), error });
  });

  afterEach(() => {
    Logger.overrideLogger(['log', 'warn', 'error']);
  });

  it.each([0, 1, 2])('is found among several keys, in place %i as well', (at) => {
    const { key, record } = keys[at] as Holder;
    const signer = signerAmong(records, signedBy(key));
    expect(signer?.key.record).toBe(record);
    expect(signer?.signingKey.export()).toEqual(signingDigest(key));
  });

  it('is nobody when no candidate did, or there is none', () => {
    expect(signerAmong(records, signedBy(issue().key))).toBeNull();
    expect(signerAmong([], signedBy(issue().key))).toBeNull();
  });

  it('is nobody once a letter of the text was changed', () => {
    const { key } = keys[0] as Holder;
    expect(signerAmong(records, signedBy(key, 'header.payloaD'))).toBeNull();
  });

  it('is not a key whose row was altered, or holds the sealed digest of another row', () => {
    const { key, record } = issue();
    const { sealedDigest } = record;
    const moved = recordOf(newId('key'), newId('acct'), sealedDigest);
    const cut = recordOf(record.id, record.accountId, sealedDigest.subarray(0, 20));
    const altered = recordOf(record.id, record.accountId, Buffer.from(sealedDigest).fill(0, 40));
    expect(signerAmong([moved, cut, altered], signedBy(key))).toBeNull();
    expect(signerAmong([moved, record, cut], signedBy(key))?.key.record).toBe(record);
  });

  it('is told to nobody, but a row that was altered is named in the log, without what it holds', () => {
    const { key, record } = issue();
    const cut = recordOf(record.id, record.accountId, record.sealedDigest.subarray(0, 20));
    signerAmong([cut], signedBy(key));
    expect(error).toHaveBeenCalledOnce();
    expect(error.mock.calls.flat()).toEqual(
      expect.arrayContaining([expect.stringContaining(record.id), 'ApiKeySigner']),
    );
    expect(error.mock.calls.flat().join()).not.toContain(cut.sealedDigest.toString('hex'));
  });

  it('cannot be told while the master key of a candidate is missing', () => {
    const away = issue(new MasterKeyRing([two]));
    const here = issue();
    expect(() => signerAmong([away.record, here.record], signedBy(away.key))).toThrow(
      StoreUnavailableError,
    );
    expect(() => signerAmong([away.record, here.record], signedBy(issue().key))).toThrow(
      StoreUnavailableError,
    );
  });

  it('is told all the same when another candidate signed', () => {
    const away = issue(new MasterKeyRing([two]));
    const here = issue();
    const candidates = [here.record, away.record];
    expect(signerAmong(candidates, signedBy(here.key))?.key.record).toBe(here.record);
    expect(signerAmong(candidates.reverse(), signedBy(here.key))?.key.record).toBe(here.record);
  });
});
