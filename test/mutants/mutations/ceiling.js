// How far a caller reaches with the keys that it makes or changes.
const CEILING = 'api-keys/ceiling.ts';
const POLICY = 'api-keys/api-key.policy.ts';

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
    "if (actor.type !== 'key' || isAdmin(actor.principal)) return;",
    'return;',
  ],
  ['the number of keys', POLICY, 'if (others >= limit)', 'if (false)'],
  ['the end of oneself by a JWT', POLICY, "actor.principal.method === 'api_key' &&", ''],
  [
    'a caller revoked meanwhile',
    POLICY,
    "if (key === null || key.revokedAt !== null) throw new Refusal('key_revoked', principal.keyId);",
    "if (key === null) throw new Refusal('key_revoked', principal.keyId);",
  ],
];
