import { identifier } from '../http/shapes.js';
import type { OperationOptions } from '../openapi/operation.decorator.js';
import { accountItem, accountList } from './account.schema.js';

const pathParameters = {
  id: identifier('acct').meta({ description: 'The id of the account.' }),
};

const NONE = 'There is no account of this id.';

/** `POST /v1/accounts` */
export const createAccountOperation: OperationOptions = {
  id: 'createAccount',
  summary: 'Make an account',
  description: 'It has no key yet: make one with its `account_id`.',
  answers: { 201: { description: 'It is made.', schema: accountItem, headers: ['Location'] } },
};

/** `GET /v1/accounts` */
export const listAccountsOperation: OperationOptions = {
  id: 'listAccounts',
  summary: 'List accounts',
  description: 'All accounts, newest first.',
  answers: { 200: { description: 'A page.', schema: accountList } },
};

/** `GET /v1/accounts/{id}` */
export const getAccount: OperationOptions = {
  id: 'getAccount',
  summary: 'Read an account',
  description: 'An account by its id.',
  pathParameters,
  answers: { 200: { description: 'The account.', schema: accountItem } },
  errors: { 404: NONE },
};

/** `PATCH /v1/accounts/{id}` */
export const patchAccountOperation: OperationOptions = {
  id: 'patchAccount',
  summary: 'Change an account',
  description:
    'What is absent stays. A tier that is lowered lowers every key; a suspended account has none that gets in.',
  pathParameters,
  answers: { 200: { description: 'The account as it is now.', schema: accountItem } },
  errors: { 404: NONE, 409: "The caller's own account cannot be suspended." },
};
