import type { Principal } from '../principal.js';

/**
 * A principal for a test that calls a handler or a service directly. Nothing stands behind it: no account, no key.
 *
 * ```ts
 * controller.list(testPrincipal({ tier: 'pro', accountId }));
 * ```
 *
 * @param known what matters to the test; the rest is that of an API key without permissions that never expires
 */
export function testPrincipal(known: Pick<Principal, 'tier'> & Partial<Principal>): Principal {
  return Object.freeze({
    accountId: 'acct_0000000000000000',
    keyId: 'key_0000000000000000',
    method: 'api_key',
    subject: null,
    environment: 'development',
    permissions: [],
    grants: known.permissions ?? [],
    issuedAt: null,
    expiresAt: null,
    ...known,
  });
}
