import { Logger } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKeyFormat } from '../credential/api-key-format.js';
import { newId } from '../credential/identifiers.js';
import { MasterKeyRing, type MasterKey } from '../credential/master-keys.js';
import { signingDigest } from '../credential/signing-key.js';
import type { UnverifiedToken } from '../credential/token.js';
import type { ApiKey } from './api-key.entity.js';
import { findSigner } from './signer.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const one: MasterKey = { version: 1, key: randomBytes(32) };
const two: MasterKey = { version: 2, key: randomBytes(32) };
const ring = new MasterKeyRing([one]);
const format = new ApiKeyFormat('clary');

interface Holder {
  readonly key: string;
  readonly record: ApiKey;
}

function issue(masterKeys = ring): Holder {
  const { key, keyId: id } = format.generate('development');
  const accountId = newId('acct');
  const sealedDigest = masterKeys.seal(signingDigest(key), { keyId: id, accountId });
  return { key, record: recordOf(id, accountId, sealedDigest) };
}

function recordOf(id: string, accountId: string, sealedDigest: Buffer): ApiKey {
  return { id, accountId, sealedDigest } as ApiKey;
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
    const signer = findSigner(signedBy(key), records, ring);
    expect(signer?.record).toBe(record);
    expect(signer?.signingKey.export()).toEqual(signingDigest(key));
  });

  it('is nobody when no candidate did, or there is none', () => {
    expect(findSigner(signedBy(issue().key), records, ring)).toBeNull();
    expect(findSigner(signedBy(issue().key), [], ring)).toBeNull();
  });

  it('is nobody once a letter of the text was changed', () => {
    const { key } = keys[0] as Holder;
    expect(findSigner(signedBy(key, 'header.payloaD'), records, ring)).toBeNull();
  });

  it('is not a key whose row was altered, or holds the sealed digest of another row', () => {
    const { key, record } = issue();
    const { sealedDigest } = record;
    const moved = recordOf(newId('key'), newId('acct'), sealedDigest);
    const cut = recordOf(record.id, record.accountId, sealedDigest.subarray(0, 20));
    const altered = recordOf(record.id, record.accountId, Buffer.from(sealedDigest).fill(0, 40));
    expect(findSigner(signedBy(key), [moved, cut, altered], ring)).toBeNull();
    expect(findSigner(signedBy(key), [moved, record, cut], ring)?.record).toBe(record);
  });

  it('is told to nobody, but a row that was altered is named in the log, without what it holds', () => {
    const { key, record } = issue();
    const cut = recordOf(record.id, record.accountId, record.sealedDigest.subarray(0, 20));
    findSigner(signedBy(key), [cut], ring);
    expect(error).toHaveBeenCalledOnce();
    expect(error.mock.calls.flat()).toEqual(
      expect.arrayContaining([expect.stringContaining(record.id), 'ApiKeySigner']),
    );
    expect(error.mock.calls.flat().join()).not.toContain(cut.sealedDigest.toString('hex'));
  });

  it('cannot be told while the master key of a candidate is missing', () => {
    const away = issue(new MasterKeyRing([two]));
    const here = issue();
    expect(() => findSigner(signedBy(away.key), [away.record, here.record], ring)).toThrow(
      StoreUnavailableError,
    );
    expect(() => findSigner(signedBy(issue().key), [away.record, here.record], ring)).toThrow(
      StoreUnavailableError,
    );
  });

  it('is told all the same when another candidate signed', () => {
    const away = issue(new MasterKeyRing([two]));
    const here = issue();
    const candidates = [here.record, away.record];
    expect(findSigner(signedBy(here.key), candidates, ring)?.record).toBe(here.record);
    expect(findSigner(signedBy(here.key), candidates.reverse(), ring)?.record).toBe(here.record);
  });
});
