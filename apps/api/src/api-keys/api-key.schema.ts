import {
  ENVIRONMENTS,
  statusOf,
  type ApiKey,
  type ApiKeyFormat,
  type IssuedApiKey,
} from '@clary/nestjs-auth';
import { z } from 'zod';
import { TIERS } from '../auth-types.js';
import { pageOf } from '../http/pagination.js';
import { identifier, timestamp } from '../http/shapes.js';

const keyId = identifier('key');

/** A key as it is shown: everything but itself. */
export const apiKeyItem = z
  .strictObject({
    id: keyId.meta({ description: 'The public id, which is also the `kid` of its JWTs.' }),
    account_id: identifier('acct').meta({ description: 'Whose it is.' }),
    name: z.string().meta({ description: 'For people.', examples: ['Invoice importer'] }),
    environment: z.enum(ENVIRONMENTS).meta({
      description: 'Where it is valid.',
      examples: ['development'],
    }),
    tier: z.enum(TIERS).meta({
      description: "Counts as the lower of itself and the account's.",
      examples: ['standard'],
    }),
    permissions: z.array(z.string()).meta({
      description: 'As granted, wildcards included.',
      examples: [['documents:read', 'workflows:*']],
    }),
    hint: z.string().meta({
      description: 'How the key begins; no character of its secret.',
      examples: ['clary_dev_4fTq8ZpL0sWx2Yb7_…'],
    }),
    status: z.enum(['active', 'disabled', 'expired', 'revoked']).meta({
      description: 'Revoked is final.',
      examples: ['active'],
    }),
    allowed_ips: z
      .array(z.string())
      .nullable()
      .meta({
        description: 'Addresses and ranges from which it may be used; null for any.',
        examples: [['192.0.2.0/24', '2001:db8::/32']],
      }),
    methods: z.array(z.enum(['api_key', 'jwt'])).meta({
      description: 'The ways in which it may be used: by itself, by what it signs.',
      examples: [['api_key', 'jwt']],
    }),
    rate_limit: z
      .int()
      .min(1)
      .nullable()
      .meta({ description: "Requests a minute; null: the tier's.", examples: [60] }),
    expires_at: timestamp.nullable().meta({ description: 'Null for never.' }),
    created_at: timestamp.meta({ description: 'When it was made.' }),
    created_by: z
      .strictObject({
        key_id: keyId.meta({ description: 'The public id of that key.' }),
        subject: z
          .string()
          .nullable()
          .meta({
            description: 'The `sub` of its JWT; null: it called by itself.',
            examples: ['user-17'],
          }),
      })
      .nullable()
      .meta({ description: 'By whom it was made; null: by no key.' }),
    last_used_at: timestamp.nullable().meta({
      description:
        'When it was last recognised, by itself or by a JWT; up to 10 seconds late. Null: not known to have been used.',
    }),
    revoked_at: timestamp.nullable().meta({ description: 'Since when it is refused for good.' }),
    rotated_from: keyId.nullable().meta({ description: 'The key that it replaces.' }),
    rotated_to: keyId.nullable().meta({ description: 'The key that replaces it.' }),
    tokens_not_before: timestamp.nullable().meta({
      description: 'JWTs with an earlier `iat` are refused.',
    }),
    metadata: z.record(z.string(), z.unknown()).meta({
      description: 'As it was given.',
      examples: [{ team: 'billing' }],
    }),
    source: z.enum(['api', 'cli', 'config', 'bootstrap']).meta({
      description: 'At which door it was made.',
      examples: ['api'],
    }),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without its secret.' });

/** A key just made. */
export const issuedApiKey = apiKeyItem
  .extend({
    key: z
      .string()
      .optional()
      .meta({
        description:
          'The key itself, shown this once; absent where the answer is repeated for an `Idempotency-Key`.',
        examples: ['clary_dev_…'],
      }),
  })
  .meta({ id: 'IssuedApiKey', description: 'An API key that was just made.' });

/** A page of keys. */
export const apiKeyList = pageOf(apiKeyItem).meta({
  id: 'ApiKeyList',
  description: 'A page of keys, newest first.',
});

/** A key as it is shown. */
export type ApiKeyItem = z.infer<typeof apiKeyItem>;
/** A key just made. */
export type IssuedApiKeyItem = z.infer<typeof issuedApiKey>;

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

/**
 * A key in the words of the API.
 *
 * @param lastUsedAt null where that is not known
 */
export function presentApiKey(
  key: ApiKey,
  format: ApiKeyFormat,
  lastUsedAt: Date | null,
): ApiKeyItem {
  return {
    id: key.id,
    account_id: key.accountId,
    name: key.name,
    environment: key.environment,
    tier: key.tier,
    permissions: key.permissions,
    hint: format.hint(key.environment, key.id),
    status: statusOf(key, new Date()),
    allowed_ips: key.allowedIps,
    methods: key.methods,
    rate_limit: key.rateLimit,
    expires_at: iso(key.expiresAt),
    created_at: key.createdAt.toISOString(),
    created_by:
      key.createdByKeyId === null
        ? null
        : { key_id: key.createdByKeyId, subject: key.createdBySubject },
    last_used_at: iso(lastUsedAt),
    revoked_at: iso(key.revokedAt),
    rotated_from: key.rotatedFrom,
    rotated_to: key.rotatedTo,
    tokens_not_before: iso(key.tokensNotBefore),
    metadata: key.metadata,
    source: key.source,
  };
}

/** What a request made: the answer without the key, to be kept, and the key, to be shown once. */
export function presentIssued({ key, record }: IssuedApiKey, format: ApiKeyFormat) {
  return {
    location: `/v1/api-keys/${record.id}`,
    answer: presentApiKey(record, format, null),
    key,
  };
}
