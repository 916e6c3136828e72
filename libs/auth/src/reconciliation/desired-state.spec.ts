import { describe, expect, it } from 'vitest';
import { digestOf, type DesiredKey } from './desired-state.js';

const keyWith = (metadata: Record<string, unknown>): DesiredKey => ({
  id: `key_${'a'.repeat(16)}`,
  accountId: `acct_${'a'.repeat(16)}`,
  name: 'Key',
  environment: 'development',
  permissions: [],
  verifier: Buffer.alloc(32),
  sealedDigest: Buffer.alloc(65),
  metadata,
});

const digestWith = (metadata: Record<string, unknown>): string =>
  digestOf({ revision: 1, accounts: [], keys: [keyWith(metadata)] }).toString('hex');

describe('the digest of a content', () => {
  it('does not know in which order members stand', () => {
    expect(digestWith({ a: 1, b: 2 })).toBe(digestWith({ b: 2, a: 1 }));
  });

  it.each([
    [{ x: { a: 1 } }, { x: [['a', 1]] }],
    [{ x: { members: [['a', 1]] } }, { x: { a: 1 } }],
    [{ x: [1, 2] }, { x: [2, 1] }],
    [{ x: '1' }, { x: 1 }],
  ])('tells values apart: %j and %j', (one, other) => {
    expect(digestWith(one)).not.toBe(digestWith(other));
  });
});
