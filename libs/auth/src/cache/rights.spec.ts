import { describe, expect, it } from 'vitest';
import { isInRanges } from '../ip-range.js';
import { rightsOf, type GivenRights } from './rights.js';

const GIVEN: GivenRights = {
  environment: 'production',
  tier: 'standard',
  permissions: ['documents:read', 'documents:*'],
  allowedIps: ['192.0.2.0/24', '2001:db8::1'],
};

describe('what a key may do', () => {
  it('is one object for all keys that may do the same', () => {
    const again = { ...GIVEN, permissions: [...GIVEN.permissions], id: 'key_b' };
    expect(rightsOf(again)).toBe(rightsOf(GIVEN));
  });

  it.each<Partial<GivenRights>>([
    { environment: 'staging' },
    { tier: 'lite' },
    { permissions: ['documents:read'] },
    { permissions: ['documents:*', 'documents:read'] },
    { permissions: ['documents:read,documents:*'] },
    { permissions: [] },
    { allowedIps: null },
    { allowedIps: [] },
    { allowedIps: ['192.0.2.0/24'] },
  ])('is another one with %o', (other) => {
    expect(rightsOf({ ...GIVEN, ...other })).not.toBe(rightsOf(GIVEN));
    expect(rightsOf({ ...GIVEN, ...other })).toMatchObject({
      environment: other.environment ?? GIVEN.environment,
      tier: other.tier ?? GIVEN.tier,
      permissions: other.permissions ?? GIVEN.permissions,
    });
  });

  it('is frozen, and does not change with what it was made of', () => {
    const permissions = ['workflows:read'];
    const rights = rightsOf({ ...GIVEN, permissions });
    permissions.push('*');
    expect(rights.permissions).toEqual(['workflows:read']);
    expect(Object.isFrozen(rights)).toBe(true);
    expect(Object.isFrozen(rights.permissions)).toBe(true);
  });

  it('is bound to its addresses, and without any to none', () => {
    const ranges = rightsOf(GIVEN).allowedIps ?? [];
    expect(['192.0.2.7', '2001:db8::1'].map((ip) => isInRanges(ip, ranges))).toEqual([true, true]);
    expect(isInRanges('198.51.100.1', ranges)).toBe(false);
    expect(rightsOf({ ...GIVEN, allowedIps: null }).allowedIps).toBeNull();
  });

  it('lets nobody in by a text that is no range, and nobody at all where none is one', () => {
    const mixed = rightsOf({ ...GIVEN, allowedIps: ['anywhere', '192.0.2.0/33', '192.0.2.1'] });
    expect(mixed.allowedIps).toHaveLength(1);
    expect(isInRanges('192.0.2.1', mixed.allowedIps ?? [])).toBe(true);
    const none = rightsOf({ ...GIVEN, allowedIps: ['anywhere'] });
    expect(none.allowedIps).toEqual([]);
    expect(isInRanges('192.0.2.1', none.allowedIps ?? [])).toBe(false);
  });
});
