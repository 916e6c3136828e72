import { describe, expect, it } from 'vitest';
import type { ApiKey } from './api-key.entity.js';
import {
  assertUsable,
  isAlive,
  statusOf,
  type ApiKeyLife,
  type ApiKeyStatus,
  type Use,
} from './api-key.state.js';

const NOW = new Date('2027-01-15T08:00:00.000Z');
const BEFORE = new Date(NOW.getTime() - 1);
const AFTER = new Date(NOW.getTime() + 1);
const untouched: ApiKeyLife = { revokedAt: null, disabledAt: null, expiresAt: null };

describe('the status of a key', () => {
  it.each<[ApiKeyStatus, string, Partial<ApiKeyLife>]>([
    ['active', 'nothing was done to it', {}],
    ['active', 'its expiry is to come', { expiresAt: AFTER }],
    ['expired', 'its expiry has come', { expiresAt: NOW }],
    ['expired', 'its expiry is past', { expiresAt: BEFORE }],
    ['disabled', 'it was switched off', { disabledAt: BEFORE }],
    ['disabled', 'it was switched off before its expiry', { disabledAt: BEFORE, expiresAt: AFTER }],
    ['expired', 'its expiry came while it was off', { disabledAt: BEFORE, expiresAt: NOW }],
    ['revoked', 'it was revoked', { revokedAt: BEFORE }],
    [
      'revoked',
      'it was revoked, whatever else happened to it',
      { revokedAt: BEFORE, disabledAt: BEFORE, expiresAt: BEFORE },
    ],
  ])('is %s when %s', (status, _, life) => {
    const key = { ...untouched, ...life };
    expect(statusOf(key, NOW)).toBe(status);
    expect(isAlive(key, NOW)).toBe(status === 'active' || status === 'disabled');
  });
});

describe('the use of a key', () => {
  const key = {
    ...untouched,
    account: { status: 'active' },
    environment: 'production',
    methods: ['jwt'],
    allowedIps: null,
    tokensNotBefore: null,
  } as unknown as ApiKey;
  const use: Use = {
    method: 'jwt',
    environment: 'production',
    now: NOW,
    ip: '192.0.2.7',
    issuedAt: BEFORE,
  };

  it('is granted to one that is active, of an active account, here, in this way', () => {
    expect(() => assertUsable(key, use)).not.toThrow();
  });

  it.each<[string, object]>([
    ['key_revoked', { revokedAt: BEFORE }],
    ['key_expired', { expiresAt: NOW }],
    ['key_disabled', { disabledAt: BEFORE }],
    ['account_suspended', { account: { status: 'suspended' } }],
    ['environment_mismatch', { environment: 'staging' }],
    ['method_not_allowed', { methods: ['api_key'] }],
    ['method_not_allowed', { methods: [] }],
    ['tokens_revoked', { tokensNotBefore: NOW }],
    ['ip_not_allowed', { allowedIps: ['198.51.100.0/24', '2001:db8::/32'] }],
  ])('is refused as %s: %j', (reason, change) => {
    const refused = Object.assign({} as ApiKey, key, change);
    expect(() => assertUsable(refused, use)).toThrow(expect.objectContaining({ reason }));
  });

  it('is granted to JWTs that were issued when its others were revoked, or later, and to itself', () => {
    const cut = Object.assign({} as ApiKey, key, {
      methods: ['jwt', 'api_key'],
      tokensNotBefore: NOW,
    });
    expect(() => assertUsable(cut, { ...use, issuedAt: NOW })).not.toThrow();
    expect(() => assertUsable(cut, { ...use, issuedAt: AFTER })).not.toThrow();
    expect(() => assertUsable(cut, { ...use, method: 'api_key', issuedAt: null })).not.toThrow();
  });

  it('is granted from one of its addresses, and from one that is not known only if any will do', () => {
    const bound = Object.assign({} as ApiKey, key, {
      allowedIps: ['198.51.100.1', '192.0.2.0/24'],
    });
    expect(() => assertUsable(bound, use)).not.toThrow();
    expect(() => assertUsable(bound, { ...use, ip: null })).toThrow('ip_not_allowed');
    expect(() => assertUsable(key, { ...use, ip: null })).not.toThrow();
  });
});
