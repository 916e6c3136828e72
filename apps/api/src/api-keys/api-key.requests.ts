import { ENVIRONMENTS, IpRange } from '@clary/nestjs-auth';
import { z } from 'zod';
import { TIERS } from '../auth-types.js';
import { accountScope } from '../http/account-scope.js';
import { pageQuery } from '../http/pagination.js';
import { distinct, metadataObject, time } from '../http/request-values.js';
import { nameText } from '../validation/json-object.js';

/** Grants, or ranges, of one key. */
const MAX_LIST = 100;
const MAX_GRACE = 604_800;
/** Seconds: a hundred years. */
const MAX_SPAN = 3_153_600_000;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const name = nameText.meta({ description: 'For people.', examples: ['Invoice importer'] });

const tier = z.enum(TIERS).meta({
  description: "Counts as the lower of itself and the account's.",
  examples: ['standard'],
});

const permissions = distinct(z.string().max(MAX_LIST), 0, MAX_LIST).meta({
  description: 'Names, `<resource>:*`, `*`, `admin`.',
  examples: [['documents:read', 'workflows:*']],
});

const methods = distinct(z.enum(['api_key', 'jwt']), 1, MAX_LIST).meta({
  description: 'The ways in which the key may be used: by itself, by what it signs.',
  examples: [['api_key', 'jwt']],
});

const rateLimit = z
  .int()
  .min(1)
  .nullable()
  .meta({
    description: "Requests a minute, at most the tier's; null for the tier's.",
    examples: [60],
  });

const expiresAt = time
  .refine((date) => date > new Date(), 'is in the past')
  .nullable()
  .meta({ description: 'Null for never.', examples: ['2030-01-31T00:00:00.000Z'] });

const allowedIps = distinct(
  z.string().refine((text) => IpRange.parse(text) !== null, 'must be an IP address or range'),
  1,
  MAX_LIST,
)
  .nullable()
  .meta({
    description: 'Addresses and ranges from which the key may be used; null for any.',
    examples: [['192.0.2.0/24', '2001:db8::/32']],
  });

const metadata = metadataObject.meta({
  description: 'Whatever is to be kept with it: a JSON object of at most 16 KB.',
  examples: [{ team: 'billing' }],
});

/** `POST /v1/api-keys` */
export const createApiKey = z
  .strictObject({
    name,
    permissions,
    tier: tier.optional(),
    environment: z
      .enum(ENVIRONMENTS)
      .optional()
      .meta({ description: "Where the key is valid; the server's own unless said." }),
    methods: methods.optional(),
    rate_limit: rateLimit.optional(),
    expires_at: expiresAt.optional(),
    allowed_ips: allowedIps.optional(),
    metadata: metadata.optional(),
    account_id: z
      .string()
      .optional()
      .meta({ description: "Whose the key is to be; the caller's unless said." }),
  })
  .meta({ id: 'CreateApiKey', description: 'A key to be made.' });

/** `PATCH /v1/api-keys/{id}` */
export const patchApiKey = z
  .strictObject({
    name: name.optional(),
    permissions: permissions.optional(),
    tier: tier.optional(),
    methods: methods.optional(),
    rate_limit: rateLimit.optional(),
    expires_at: expiresAt.optional(),
    allowed_ips: allowedIps.optional(),
    metadata: metadata
      .nullable()
      .optional()
      .meta({
        description: 'What is kept with it from then on, in place of all that was; null: nothing.',
        examples: [{ team: 'billing' }],
      }),
    status: z
      .enum(['active', 'disabled'])
      .optional()
      .meta({ description: 'Switches the key on or off.', examples: ['disabled'] }),
  })
  .meta({
    id: 'PatchApiKey',
    description: 'What is to change in a key. What is absent stays; null clears.',
  });

/** `POST /v1/api-keys/{id}/rotate` */
export const rotateApiKey = z
  .strictObject({
    grace_period_seconds: z
      .int()
      .min(0)
      .max(MAX_GRACE)
      .meta({
        description: 'For how long the old key goes on working; 0: no longer.',
        examples: [3600],
      }),
  })
  .meta({ id: 'RotateApiKey', description: 'How a key is replaced.' });

/** A span of time as a query carries it: seconds, or with a unit, such as `7d`. */
const span = z
  .string()
  .regex(/^\d{1,9}[smhd]?$/, 'must be seconds, or a number with s, m, h or d')
  .transform((text) => parseInt(text, 10) * SECONDS[unitOf(text)])
  .refine((seconds) => seconds <= MAX_SPAN, 'must be at most 36500d');

function unitOf(text: string): keyof typeof SECONDS {
  return (/[smhd]$/.exec(text)?.[0] ?? 's') as keyof typeof SECONDS;
}

/** `GET /v1/api-keys` */
export const listApiKeys = z.strictObject({
  ...pageQuery,
  status: z
    .enum(['active', 'disabled', 'expired', 'revoked'])
    .optional()
    .meta({ description: 'Only keys of this status.' }),
  environment: z
    .enum(ENVIRONMENTS)
    .optional()
    .meta({ description: 'Only keys of this environment.' }),
  expiring_within: span.optional().meta({
    description: 'Only keys that expire within this time: seconds, or with a unit, such as `7d`.',
  }),
  account_id: accountScope,
});

/** A key to be made. */
export type CreateApiKey = z.infer<typeof createApiKey>;
/** What is to change in a key. */
export type PatchApiKeyRequest = z.infer<typeof patchApiKey>;
/** How a key is replaced. */
export type RotateApiKey = z.infer<typeof rotateApiKey>;
/** Which keys are asked for. */
export type ListApiKeys = z.infer<typeof listApiKeys>;
