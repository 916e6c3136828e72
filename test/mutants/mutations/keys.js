// What a key may: its state, its account, its signers, and the rights of whoever calls.
const JUDGE = 'api-keys/judge-credential.ts';
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
  ['the twentieth signer', LOOKUP, 'keys.slice(0, MAX_SIGNERS)', 'keys'],
  [
    'an outage',
    'api-keys/batch-loader.ts',
    'this.fail(batch, error);',
    'for (const [, { resolve }] of batch) resolve({ value: undefined, reading });',
  ],
  ['a revoked key', STATE, '({ key }) => key.revokedAt === null', '() => true'],
  ['an expired key', STATE, '!hasExpired(key, use.now)', 'true'],
  ['a disabled key', STATE, '({ key }) => key.disabledAt === null', '() => true'],
  ['a suspended account', STATE, "key.account.status === 'active'", 'true'],
  ['the environment', STATE, 'key.environment === use.environment', 'true'],
  ['the methods of a key', STATE, 'key.methods.includes(use.method)', 'true'],
  ['the addresses of a key', STATE, 'isInRanges(ip, allowedIps)', 'true'],
  [
    'who calls by key',
    JUDGE,
    "assertUsableNow(found, 'api_key', null, circumstances)",
    "assertUsableNow(found, 'jwt', null, circumstances)",
  ],
  [
    'who calls by JWT',
    JUDGE,
    "assertUsableNow(key, 'jwt', claims.issuedAt, circumstances)",
    "assertUsableNow(key, 'api_key', claims.issuedAt, circumstances)",
  ],
  ['the tier of the account', PRINCIPAL, 'tiers.lowest(key.tier, key.account.tier)', 'key.tier'],
  [
    'the tier that a JWT says',
    PRINCIPAL,
    'claims.tier === undefined ? rights.tier : tiers.lowest(rights.tier, claims.tier)',
    'rights.tier',
  ],
  [
    'the permissions that a JWT says',
    'api-keys/token-rights.ts',
    'catalogue.narrow(grants, narrowings)',
    'catalogue.narrow(grants, [])',
  ],
];
