import { ENVIRONMENTS, type Principal } from '@clary/nestjs-auth';
import { z } from 'zod';
import { TIERS } from '../auth-types.js';
import { identifier, timestamp } from '../http/shapes.js';

/** A caller as it is shown to itself. */
export const me = z
  .strictObject({
    account_id: identifier('acct').meta({ description: 'The account that the caller acts for.' }),
    key_id: identifier('key').meta({
      description: 'The public id of the API key, or of the key that signed the JWT.',
    }),
    method: z.enum(['api_key', 'jwt']).meta({
      description: 'Which kind of credential was sent.',
      examples: ['jwt'],
    }),
    subject: z
      .string()
      .nullable()
      .meta({
        description: 'The `sub` of the JWT; null for an API key.',
        examples: ['user_42'],
      }),
    environment: z.enum(ENVIRONMENTS).meta({
      description: 'Where the key is valid.',
      examples: ['production'],
    }),
    tier: z.enum(TIERS).meta({
      description: 'The effective tier: the lowest of account, key and JWT.',
      examples: ['standard'],
    }),
    permissions: z.array(z.string()).meta({
      description:
        'What the caller may do: for an API key as it was granted, wildcards included; for a JWT by name.',
      examples: [['documents:read', 'documents:write']],
    }),
    expires_at: timestamp.nullable().meta({
      description: 'The earlier of the expiry of key and JWT; null for never.',
    }),
  })
  .meta({ id: 'Me', description: 'Who calls, and what they may do right now.' });

/** A caller as it is shown to itself. */
export type Me = z.infer<typeof me>;

/** A principal in the words of the API. */
export function presentMe(principal: Principal): Me {
  return {
    account_id: principal.accountId,
    key_id: principal.keyId,
    method: principal.method,
    subject: principal.subject,
    environment: principal.environment,
    tier: principal.tier,
    permissions: [...principal.permissions],
    expires_at: principal.expiresAt?.toISOString() ?? null,
  };
}
