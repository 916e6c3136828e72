import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthSettings } from '../auth.settings.js';
import { ChangeClock } from '../cache/change-clock.js';
import { newId } from '../credential/identifiers.js';
import { MasterKeyRing, MissingMasterKeyError } from '../credential/master-keys.js';
import { signingDigest } from '../credential/signing-key.js';
import type { KeyRecord } from './key-record.js';
import { KnownKey } from './known-key.js';

const masterKeys = [{ version: 1, key: randomBytes(32) }];
const settings = new AuthSettings({ masterKeys });
const ring = settings.masterKeys;
const reading = { asOf: 0, at: 0, wallAt: 0 };
const { key, keyId: id } = settings.format.generate('development');
const accountId = newId('acct');
const digest = signingDigest(key);

const known = (told: Partial<KeyRecord> = {}): KnownKey =>
  new KnownKey(
    {
      id,
      accountId,
      environment: 'development',
      tier: 'professional',
      account: { tier: 'standard', status: 'active' },
      permissions: ['*'],
      allowedIps: null,
      expiresAt: null,
      sealedDigest: ring.seal(digest, { keyId: id, accountId }),
      ...told,
    } as KeyRecord,
    reading,
  );

const error = vi.fn<(...line: unknown[]) => void>();

beforeEach(() => {
  error.mockClear();
  Logger.overrideLogger({ log: vi.fn(), warn: vi.fn(), error });
});

afterEach(() => {
  Logger.overrideLogger(['log', 'warn', 'error']);
});

describe('a key as it was read', () => {
  it('depends on itself and on its account', () => {
    for (const name of [id, accountId]) {
      const changes = new ChangeClock();
      changes.touch(newId('key'));
      expect(changes.areUnchanged(known().stripes, 0)).toBe(true);
      changes.touch(name);
      expect(changes.areUnchanged(known().stripes, 0)).toBe(false);
    }
  });

  it('says what its principal is made of, once for all requests', () => {
    const one = known({ expiresAt: new Date(5000) });
    const holder = one.holder(settings);
    expect(holder).toMatchObject({ keyId: id, accountId, until: 5000 });
    expect(holder.rights).toMatchObject({ tier: 'standard', permissions: ['*'] });
    expect(one.holder(settings)).toBe(holder);
    expect(known().holder(settings).rights).toBe(known().holder(settings).rights);
  });

  it('opens the HMAC key of its JWTs once, and only when it is asked for', () => {
    const open = vi.spyOn(ring, 'open');
    const one = known();
    expect(open).not.toHaveBeenCalled();
    expect([one.signingKey(ring), one.signingKey(ring)]).toEqual([
      expect.objectContaining({ symmetricKeySize: 32 }),
      expect.objectContaining({ symmetricKeySize: 32 }),
    ]);
    expect(open).toHaveBeenCalledOnce();
    open.mockRestore();
  });

  it.each([
    ['was altered', { sealedDigest: ring.seal(digest, { keyId: id, accountId }).fill(0, 40) }],
    ['is of another row', { id: newId('key') }],
    ['is of another account', { accountId: newId('acct') }],
  ])('has none where what is sealed %s, and the log says so once', (_, told) => {
    const one = known(told);
    expect([one.signingKey(ring), one.signingKey(ring)]).toEqual([null, null]);
    expect(error).toHaveBeenCalledOnce();
    expect(String(error.mock.calls[0]?.[0])).toContain(one.record.id);
  });

  it('says that it cannot be told where the master key is missing, which is nothing for the log', () => {
    const one = known();
    const other = new MasterKeyRing([{ version: 2, key: randomBytes(32) }]);
    expect(one.signingKey(other)).toBeInstanceOf(MissingMasterKeyError);
    expect(one.signingKey(other)).toBe(one.signingKey(other));
    expect(error).not.toHaveBeenCalled();
  });
});
