import type { Account } from '@clary/nestjs-auth';
import { z } from 'zod';
import { TIERS } from '../auth-types.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { identifier, timestamp } from '../http/shapes.js';
import { nameText } from '../validation/json-object.js';

const name = nameText.meta({ description: 'For people.', examples: ['Example Ltd'] });

const tier = z.enum(TIERS).meta({
  description: 'No key of the account reaches beyond it.',
  examples: ['standard'],
});

const status = z.enum(['active', 'suspended']).meta({
  description: 'Suspended: every key is refused, the data is kept.',
  examples: ['active'],
});

/** `POST /v1/accounts` */
export const createAccount = z
  .strictObject({ name, tier })
  .meta({ id: 'CreateAccount', description: 'An account to be made.' });

/** `PATCH /v1/accounts/{id}` */
export const patchAccount = z
  .strictObject({ name: name.optional(), tier: tier.optional(), status: status.optional() })
  .meta({
    id: 'PatchAccount',
    description: 'What is to change in an account. What is absent stays.',
  });

/** `GET /v1/accounts` */
export const listAccounts = z.strictObject(pageQuery);

/** An account as it is shown. */
export const accountItem = z
  .strictObject({
    id: identifier('acct').meta({ description: 'The id of the account.' }),
    name: z.string().meta({ description: 'For people.', examples: ['Example Ltd'] }),
    tier,
    status,
    created_at: timestamp.meta({ description: 'When it was made.' }),
  })
  .meta({ id: 'Account', description: 'A customer: the owner of keys.' });

/** A page of accounts. */
export const accountList = pageOf(accountItem).meta({
  id: 'AccountList',
  description: 'A page of accounts, newest first.',
});

/** An account to be made. */
export type CreateAccountRequest = z.infer<typeof createAccount>;
/** What is to change in an account. */
export type PatchAccountRequest = z.infer<typeof patchAccount>;
/** Which part of the list is asked for. */
export type ListAccounts = z.infer<typeof listAccounts>;
/** An account as it is shown. */
export type AccountItem = z.infer<typeof accountItem>;

/** An account in the words of the API. */
export function presentAccount({ id, name, tier, status, createdAt }: Account): AccountItem {
  return { id, name, tier, status, created_at: createdAt.toISOString() };
}
