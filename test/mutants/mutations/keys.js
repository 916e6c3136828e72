// What a key may: its state, its account, its signers, and the rights of whoever calls.
const AUTHENTICATOR = 'api-keys/api-key.authenticator.ts';
const STATE = 'api-keys/api-key.state.ts';
const PRINCIPAL = 'api-keys/principal.factory.ts';

export const keys = [
  ['the secret', AUTHENTICATOR, "if (!matches) throw new Refusal('wrong_secret', keyId);", ''],
  ['another account as sub', AUTHENTICATOR, 'namesAccount && subject !== accountId', 'false'],
  [
    'revoked tokens',
    STATE,
    'issuedAt !== null && notBefore !== null && issuedAt < notBefore',
    'false',
  ],
  ['the twentieth signer', AUTHENTICATOR, 'found.slice(0, MAX_SIGNERS)', 'found'],
  [
    'an outage',
    'api-keys/store-unavailable.error.ts',
    'throw new StoreUnavailableError(error);',
    'return null as Result;',
  ],
  ['the status of a key', STATE, "if (status !== 'active') return `key_${status}`;", ''],
  [
    'a suspended account',
    STATE,
    "if (key.account.status !== 'active') return 'account_suspended';",
    '',
  ],
  [
    'the environment',
    STATE,
    "if (key.environment !== environment) return 'environment_mismatch';",
    '',
  ],
  [
    'the methods of a key',
    STATE,
    "if (!key.methods.includes(method)) return 'method_not_allowed';",
    '',
  ],
  [
    'the addresses of a key',
    STATE,
    "if (!isAllowedFrom(key.allowedIps, ip)) return 'ip_not_allowed';",
    '',
  ],
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
