// How far a caller reaches with the keys that it makes or changes.
const CEILING = 'api-keys/ceiling.ts';
const POLICY = 'api-keys/api-key.policy.ts';
const SERVICE = 'api-keys/api-key.service.ts';

export const ceiling = [
  [
    'the tier of a made key',
    CEILING,
    'lifted || tiers.includes(principal.tier, tier) ? undefined : tier',
    'undefined',
  ],
  ['the grants of a made key', CEILING, '!permissions.allows(principal.grants, grant)', 'false'],
  [
    'the environment of a made key',
    CEILING,
    "lifted || key.environment === principal.environment ? [] : (['environment'] as const)",
    '[]',
  ],
  [
    'the methods of a made key',
    CEILING,
    'key.methods.every((method) => own.methods.includes(method))',
    'true',
  ],
  ['the addresses of a made key', CEILING, 'coversIps(own.allowedIps, key.allowedIps)', 'true'],
  ['the expiry of a made key', CEILING, 'endsBy(own.expiresAt, key.expiresAt)', 'true'],
  [
    'admin for what lies elsewhere',
    POLICY,
    'if (!isAdmin(actor.principal)) throw new ApiKeyNotFoundError();',
    '',
  ],
  ['the number of keys', POLICY, 'if (others >= limit)', 'if (false)'],
  ['the end of oneself by a JWT', POLICY, "actor.principal.method === 'api_key' &&", ''],
  [
    'a caller refused meanwhile',
    POLICY,
    'assertUsable(key, { method, environment, now: new Date(), ip, issuedAt }),',
    'undefined,',
  ],
  [
    'a caller with fewer rights meanwhile',
    POLICY,
    'lostBy(ceiling.principal, ceiling.key, this.settings)',
    'null',
  ],
  ['a caller lowered meanwhile', CEILING, 'keepsTier && lost.length === 0', 'lost.length === 0'],
  [
    'the longer life of a replaced key',
    SERVICE,
    'else if (isProlonged(expiresAt, key.expiresAt))',
    'else if (false)',
  ],
  [
    'the second successor of a key',
    SERVICE,
    "if (key.rotatedTo !== null) throw new ApiKeyConflictError('The key has a successor');",
    '',
  ],
  [
    'the end of the last grace but one',
    SERVICE,
    'await this.endGrace(key.rotatedFrom, change);',
    '',
  ],
  [
    'the lock on the account',
    'accounts/account.repository.ts',
    "{ where: { id }, lock: { mode: 'for_no_key_update' } }",
    '{ where: { id } }',
  ],
];
