// What a key may: its state, its account, its signers, and the rights of whoever calls.
const AUTHENTICATOR = 'api-keys/api-key.authenticator.ts';
const RULES = 'api-keys/authentication-rules.ts';
const LOOKUP = 'api-keys/credential-lookup.ts';
const STATE = 'api-keys/api-key.state.ts';
const PRINCIPAL = 'api-keys/principal.factory.ts';

export const keys = [
  ['the secret', RULES, 'holds: ({ matches }) => matches', 'holds: () => true'],
  ['another account as sub', RULES, 'subject === accountId', 'true'],
  [
    'revoked tokens',
    STATE,
    'issuedAt !== null && notBefore !== null && issuedAt < notBefore',
    'false',
  ],
  ['the twentieth signer', LOOKUP, 'candidates.slice(0, MAX_SIGNERS)', 'candidates'],
  [
    'an outage',
    'api-keys/store-unavailable.error.ts',
    'throw new StoreUnavailableError(error);',
    'return null as Result;',
  ],
  ['a revoked key', STATE, '({ key }) => key.revokedAt === null', '() => true'],
  ['an expired key', STATE, '!hasExpired(key, use.now)', 'true'],
  ['a disabled key', STATE, '({ key }) => key.disabledAt === null', '() => true'],
  ['a suspended account', STATE, "key.account.status === 'active'", 'true'],
  ['the environment', STATE, 'key.environment === use.environment', 'true'],
  ['the methods of a key', STATE, 'key.methods.includes(use.method)', 'true'],
  ['the addresses of a key', STATE, 'isAllowedFrom(key.allowedIps, use.ip)', 'true'],
  [
    'who calls by key',
    AUTHENTICATOR,
    "{ method: 'api_key', environment, now: new Date(), ip, issuedAt: null }",
    "{ method: 'jwt', environment, now: new Date(), ip, issuedAt: null }",
  ],
  [
    'who calls by JWT',
    AUTHENTICATOR,
    "{ method: 'jwt', environment, now, ip, issuedAt }",
    "{ method: 'api_key', environment, now, ip, issuedAt }",
  ],
  [
    'the tier of the account, by key',
    PRINCIPAL,
    'tier: tiers.lowest(key.tier, key.account.tier),',
    'tier: key.tier,',
  ],
  ['the tier of the account, by JWT', PRINCIPAL, '      key.account.tier,\n', ''],
  [
    'the tier that a JWT says',
    PRINCIPAL,
    '...(claims.tier === undefined ? [] : [claims.tier]),',
    '',
  ],
  [
    'the permissions that a JWT says',
    PRINCIPAL,
    'permissions.narrow(key.permissions, narrowings)',
    'permissions.narrow(key.permissions, [])',
  ],
];
