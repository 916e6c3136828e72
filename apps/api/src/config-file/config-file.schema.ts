import { ENVIRONMENTS } from '@clary/nestjs-auth';
import { z } from 'zod';
import { createAccount, patchAccount } from '../accounts/account.schema.js';
import { createApiKey, patchApiKey } from '../api-keys/api-key.requests.js';
import { time } from '../http/request-values.js';
import { identifier } from '../http/shapes.js';

const base64 = z
  .base64('must be base64')
  .transform((text) => Buffer.from(text, 'base64'))
  .meta({ format: 'byte' });

const account = z
  .strictObject({
    id: identifier('acct').meta({ description: 'The id of the account.' }),
    name: createAccount.shape.name,
    tier: createAccount.shape.tier,
    status: patchAccount.shape.status.meta({
      description: 'Suspended: every key is refused. Left out: as it is.',
    }),
  })
  .meta({ description: 'A customer. It stays when it is gone from here.' });

const key = z
  .strictObject({
    id: identifier('key').meta({ description: 'The public id of the key.' }),
    account: identifier('acct').describe(
      'Whose it is: an account of this file, or one that exists.',
    ),
    name: createApiKey.shape.name,
    permissions: createApiKey.shape.permissions,
    environment: z.enum(ENVIRONMENTS).meta({ description: 'Where the key is valid.' }),
    tier: createApiKey.shape.tier.meta({ description: "Left out: the account's." }),
    methods: createApiKey.shape.methods.meta({
      description: 'The ways in which the key may be used. Left out: both.',
    }),
    rate_limit: createApiKey.shape.rate_limit,
    expires_at: time
      .nullable()
      .optional()
      .meta({ description: 'May lie in the past. Left out, or null: never.' }),
    allowed_ips: createApiKey.shape.allowed_ips,
    metadata: createApiKey.shape.metadata,
    status: patchApiKey.shape.status.meta({
      description: 'Switches the key on or off. Left out: as it is.',
    }),
    verifier: base64.describe('What recognises the key: 32 bytes in base64.'),
    sealed_digest: base64.describe(
      'What verifies the JWTs of the key, sealed under a master key for this id and account; base64. Counts when the key is new.',
    ),
  })
  .meta({ description: 'A key. Revoked when it is gone from here.' });

/** The configuration file. */
export const configFile = z
  .strictObject({
    revision: z
      .int()
      .min(0)
      .meta({ description: 'A whole number that is raised with every other content.' }),
    accounts: z.array(account).default([]),
    keys: z.array(key).default([]),
  })
  .meta({ title: 'Configuration file of Clary AI' });

/** What a configuration file says. */
export type ConfigFileContent = z.infer<typeof configFile>;

/** A key as the file says it, before it is read. */
export type ConfigFileKey = z.input<typeof key>;

/** The JSON Schema of the file (draft 2020-12), for editors. */
export function configFileJsonSchema(): object {
  return z.toJSONSchema(configFile, { target: 'draft-2020-12', io: 'input' });
}
