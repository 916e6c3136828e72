import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthSettings } from '../auth.settings.js';
import { ChangeClock, namesOfKey, signersOf } from '../cache/change-clock.js';
import { FRESH_FOR, Readings } from '../cache/reading.js';
import { newId } from '../credential/identifiers.js';
import { signingDigest } from '../credential/signing-key.js';
import { CredentialLookup } from './credential-lookup.js';
import type { KeyRecord } from './key-record.js';
import type { KeyRecordRepository } from './key-record.repository.js';
import { KnownKeys } from './known-keys.js';
import type { SignedText } from './signer.js';
import { StoreGate } from './store-gate.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const settings = new AuthSettings({ masterKeys: [{ version: 1, key: randomBytes(32) }] });
const accountId = newId('acct');

interface Issued {
  readonly key: string;
  readonly record: KeyRecord;
}

function issue(): Issued {
  const { key, keyId: id } = settings.format.generate('development');
  const sealedDigest = settings.masterKeys.seal(signingDigest(key), { keyId: id, accountId });
  return { key, record: { id, accountId, sealedDigest } as KeyRecord };
}

const signedBy = ({ key }: Issued): SignedText => ({
  signingInput: 'header.payload',
  signature: createHmac('sha256', key).update('header.payload').digest(),
});

/** The rows of the database, and how often it was asked; it can be away. */
class Rows {
  readonly asked: string[] = [];
  isAway = false;

  constructor(public issued: Issued[]) {}

  findByIds(ids: readonly string[]): Promise<KeyRecord[]> {
    return this.answer('keys', ({ id }) => ids.includes(id));
  }

  findSigners(accountIds: readonly string[]): Promise<KeyRecord[]> {
    return this.answer('signers', (record) => accountIds.includes(record.accountId));
  }

  private async answer(
    what: string,
    isMeant: (record: KeyRecord) => boolean,
  ): Promise<KeyRecord[]> {
    await Promise.resolve();
    if (this.isAway) throw new Error('gone');
    this.asked.push(what);
    return this.issued.map(({ record }) => record).filter(isMeant);
  }
}

/** Milliseconds for which nothing is read anew. */
const UNRENEWED = 7000;

let one: Issued;
let rows: Rows;
let changes: ChangeClock;
let keys: KnownKeys;
let lookup: CredentialLookup;

beforeEach(() => {
  vi.useFakeTimers();
  one = issue();
  rows = new Rows([one]);
  changes = new ChangeClock();
  const records = rows as unknown as KeyRecordRepository;
  keys = new KnownKeys(records, settings, new Readings(changes), new StoreGate());
  lookup = new CredentialLookup(keys, settings);
});

afterEach(() => {
  vi.useRealTimers();
});

const idsOf = (found: { readonly keys: readonly { readonly record: KeyRecord }[] }): string[] =>
  found.keys.map(({ record }) => record.id);

const wait = (passed: number): Promise<unknown> => vi.advanceTimersByTimeAsync(passed);

describe('a key by its id', () => {
  it('stays in memory once it signs, and for ten seconds after its reading', async () => {
    const found = await keys.findSigning(one.record.id);
    expect(idsOf(found)).toEqual([one.record.id]);
    await wait(UNRENEWED);
    expect(await keys.findSigning(one.record.id)).toBe(found);
    expect(rows.asked).toEqual(['keys']);
    await wait(FRESH_FOR - UNRENEWED - 1);
    expect(await keys.find(one.record.id)).toBe(found);
    await wait(1);
    expect(await keys.findSigning(one.record.id)).not.toBe(found);
    expect(rows.asked).toEqual(['keys', 'keys']);
  });

  it('is read anew before the ten seconds are over by those who use it, and nobody waits for that', async () => {
    const found = await keys.findSigning(one.record.id);
    await wait(FRESH_FOR - 1);
    expect(await keys.findSigning(one.record.id)).toBe(found);
    await wait(1);
    expect(idsOf(await keys.findSigning(one.record.id))).toEqual([one.record.id]);
    expect(rows.asked).toEqual(['keys', 'keys']);
  });

  it('does not stay where it does not sign: the recognition of an API key is kept elsewhere', async () => {
    await keys.find(one.record.id);
    await keys.find(one.record.id);
    expect(rows.asked).toEqual(['keys', 'keys']);
  });

  it.each([
    ['it changed', () => changes.touch(one.record.id)],
    ['its account changed', () => changes.touch(accountId)],
    ['everything changed', () => changes.touchAll()],
    ['anything may have changed', () => changes.doubt()],
  ])('is read again once %s', async (_, tell) => {
    await keys.findSigning(one.record.id);
    tell();
    await keys.findSigning(one.record.id);
    expect(rows.asked).toEqual(['keys', 'keys']);
  });

  it('that is unknown is asked for each time: it may be made at any moment', async () => {
    const later = issue();
    expect(idsOf(await keys.findSigning(later.record.id))).toEqual([]);
    rows.issued.push(later);
    expect(idsOf(await keys.findSigning(later.record.id))).toEqual([later.record.id]);
  });

  it('is in doubt known while the database is away, until ten seconds after its reading', async () => {
    const found = await keys.findSigning(one.record.id);
    await wait(FRESH_FOR - 1);
    changes.doubt();
    rows.isAway = true;
    expect(await keys.findSigning(one.record.id)).toBe(found);
    expect(await keys.find(one.record.id)).toBe(found);
    await wait(1);
    await expect(keys.findSigning(one.record.id)).rejects.toThrow(StoreUnavailableError);
    await expect(keys.find(one.record.id)).rejects.toThrow(StoreUnavailableError);
  });

  it('is not known any more while the database is away, once it is told to have changed', async () => {
    await keys.findSigning(one.record.id);
    changes.touch(one.record.id);
    rows.isAway = true;
    await expect(keys.findSigning(one.record.id)).rejects.toThrow(StoreUnavailableError);
  });
});

describe('the keys of an account', () => {
  it('stay in memory for ten seconds, or as long as is asked for', async () => {
    const found = await keys.findSigners(accountId, FRESH_FOR);
    await wait(999);
    expect(await keys.findSigners(accountId, 1000)).toBe(found);
    await wait(1);
    expect(await keys.findSigners(accountId, FRESH_FOR)).toBe(found);
    expect(rows.asked).toEqual(['signers']);
    const later = await keys.findSigners(accountId, 1000);
    expect(later).not.toBe(found);
    await wait(FRESH_FOR - 1);
    expect(await keys.findSigners(accountId, FRESH_FOR)).toBe(later);
    await wait(1);
    expect(await keys.findSigners(accountId, FRESH_FOR)).not.toBe(later);
  });

  it.each([
    ['a key came, went or changed', () => changes.touch(signersOf(accountId))],
    ['the account changed', () => changes.touch(accountId)],
    ['anything may have changed', () => changes.doubt()],
  ])('are read again once %s', async (_, tell) => {
    await keys.findSigners(accountId, FRESH_FOR);
    tell();
    await keys.findSigners(accountId, FRESH_FOR);
    expect(rows.asked).toEqual(['signers', 'signers']);
  });

  it('do not change with the keys of others', async () => {
    await keys.findSigners(accountId, FRESH_FOR);
    for (const name of namesOfKey({ id: newId('key'), accountId: newId('acct') }))
      changes.touch(name);
    await keys.findSigners(accountId, FRESH_FOR);
    expect(rows.asked).toEqual(['signers']);
  });

  it('are asked for each time where there are none', async () => {
    rows.issued = [];
    expect(idsOf(await keys.findSigners(accountId, FRESH_FOR))).toEqual([]);
    rows.issued = [one];
    expect(idsOf(await keys.findSigners(accountId, FRESH_FOR))).toEqual([one.record.id]);
  });

  it('are known while the database is away, until ten seconds after their reading', async () => {
    const found = await keys.findSigners(accountId, FRESH_FOR);
    await wait(FRESH_FOR - 1);
    rows.isAway = true;
    changes.doubt();
    expect(await keys.findSigners(accountId, FRESH_FOR)).toBe(found);
    await wait(1);
    await expect(keys.findSigners(accountId, FRESH_FOR)).rejects.toThrow(StoreUnavailableError);
  });
});

describe('who signed a JWT that names no key', () => {
  it('is found in memory, however old that is, where one of the known keys signed', async () => {
    await lookup.matchSigner({ accountId }, signedBy(one));
    await wait(UNRENEWED);
    const match = await lookup.matchSigner({ accountId }, signedBy(one));
    expect(match.signer?.key.record.id).toBe(one.record.id);
    expect(rows.asked).toEqual(['signers']);
  });

  it('is looked for in a list younger than a second where none of them did: a new key works at once', async () => {
    await lookup.matchSigner({ accountId }, signedBy(one));
    const later = issue();
    rows.issued.push(later);
    await wait(999);
    expect((await lookup.matchSigner({ accountId }, signedBy(later))).signer).toBeNull();
    expect(rows.asked).toEqual(['signers']);
    await wait(1);
    const match = await lookup.matchSigner({ accountId }, signedBy(later));
    expect(match.signer?.key.record.id).toBe(later.record.id);
    expect(rows.asked).toEqual(['signers', 'signers']);
  });

  it('is not known while the database is away and the list is older: nobody is refused by it', async () => {
    await lookup.matchSigner({ accountId }, signedBy(one));
    const later = issue();
    rows.issued.push(later);
    rows.isAway = true;
    await wait(1000);
    const looking = lookup.matchSigner({ accountId }, signedBy(later));
    await expect(looking).rejects.toThrow(StoreUnavailableError);
    const known = await lookup.matchSigner({ accountId }, signedBy(one));
    expect(known.signer?.key.record.id).toBe(one.record.id);
  });

  it('costs a query a second at most where nobody did', async () => {
    const stranger = signedBy(issue());
    for (let passed = 0; passed < 3000; passed += 100) {
      expect((await lookup.matchSigner({ accountId }, stranger)).signer).toBeNull();
      await wait(100);
    }
    expect(rows.asked).toEqual(['signers', 'signers', 'signers']);
  });
});
