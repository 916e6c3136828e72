import { identifier } from '../http/shapes.js';
import type { OperationOptions } from '../openapi/operation.decorator.js';
import { apiKeyItem, apiKeyList, issuedApiKey } from './api-key.schema.js';
import { permissionsInUse } from './permissions-in-use.schema.js';

const pathParameters = {
  id: identifier('key').meta({ description: 'The public id of the key.' }),
};

const requestHeaders = {
  'Idempotency-Key':
    '1 to 255 printable characters. Within 24 hours the same request with the same value is answered as the first time, without `key`, with `Idempotency-Replayed: true`.',
};

const CEILING =
  'Nobody gives what they lack: before and after, the key must lie within the rights of the caller.';

const ABOVE =
  'The caller lacks the permission `api-keys:write`, or the key reaches further than the caller.';
const WRONG =
  'A permission that there is none of, a tier above the account, or a limit above the tier; or the `Idempotency-Key` was used for another request.';
const FULL = 'The account has as many keys as its tier allows';
const SHOWN = { schema: issuedApiKey, headers: ['Location', 'Idempotency-Replayed'] } as const;

/** `POST /v1/api-keys` */
export const createApiKeyOperation: OperationOptions = {
  id: 'createApiKey',
  summary: 'Make an API key',
  description: `The key itself is in this answer and nowhere else. ${CEILING}`,
  requestHeaders,
  answers: { 201: { description: 'It is made.', ...SHOWN } },
  errors: {
    403: ABOVE,
    404: 'The caller has no such account.',
    409: `${FULL}, or a request of this \`Idempotency-Key\` is still under way.`,
    422: WRONG,
  },
};

/** `GET /v1/api-keys` */
export const listApiKeysOperation: OperationOptions = {
  id: 'listApiKeys',
  summary: 'List API keys',
  description: 'The keys of the account, newest first, revoked ones included.',
  answers: { 200: { description: 'A page.', schema: apiKeyList } },
};

/** `GET /v1/api-keys/{id}` */
export const getApiKey: OperationOptions = {
  id: 'getApiKey',
  summary: 'Read an API key',
  description: 'Everything but the key itself, which is stored nowhere.',
  pathParameters,
  answers: { 200: { description: 'The key.', schema: apiKeyItem } },
};

/** `GET /v1/api-keys/{id}/permissions-in-use` */
export const getPermissionsInUse: OperationOptions = {
  id: 'getPermissionsInUse',
  summary: 'Find what an API key can do without',
  description:
    'What the key is granted, what of that it had need of in the last 30 days, and the narrower set. A permission is used by a request that was let in, where it is needed for that; rights that a key only hands on to keys it makes are not. Up to 10 seconds behind what happens.',
  pathParameters,
  answers: {
    200: { description: 'Granted, used, and the narrower set.', schema: permissionsInUse },
  },
};

/** `PATCH /v1/api-keys/{id}` */
export const patchApiKeyOperation: OperationOptions = {
  id: 'patchApiKey',
  summary: 'Change an API key',
  description: `What is absent stays, and null clears. ${CEILING}`,
  pathParameters,
  answers: { 200: { description: 'The key as it is now.', schema: apiKeyItem } },
  errors: {
    403: ABOVE,
    409: `The key is revoked, or has a successor and cannot be prolonged, or ${FULL.toLowerCase()}.`,
    422: WRONG,
  },
};

/** `POST /v1/api-keys/{id}/rotate` */
export const rotateApiKeyOperation: OperationOptions = {
  id: 'rotateApiKey',
  summary: 'Replace an API key',
  description: `Makes a successor that inherits everything; the old key and its JWTs go on working until the end of the grace. ${CEILING}`,
  pathParameters,
  requestHeaders,
  answers: { 201: { description: 'The successor.', ...SHOWN } },
  errors: {
    403: ABOVE,
    409: 'The key is not active, or has a successor already, or a request of this `Idempotency-Key` is still under way.',
    422: 'The `Idempotency-Key` was used for another request.',
  },
};

/** `POST /v1/api-keys/{id}/revoke-tokens` */
export const revokeTokens: OperationOptions = {
  id: 'revokeTokens',
  summary: 'Revoke the JWTs of an API key',
  description: `Refuses every JWT that was issued before the next whole second. The key itself stays. ${CEILING}`,
  pathParameters,
  answers: { 200: { description: 'The key as it is now.', schema: apiKeyItem } },
  errors: { 403: ABOVE, 409: 'The key is revoked.' },
};

/** `DELETE /v1/api-keys/{id}` */
export const revokeApiKey: OperationOptions = {
  id: 'revokeApiKey',
  summary: 'Revoke an API key',
  description: `Refuses the key and its JWTs, at once and for good. A second time changes nothing. ${CEILING}`,
  pathParameters,
  answers: { 200: { description: 'The key as it is now.', schema: apiKeyItem } },
  errors: { 403: ABOVE },
};

/** `DELETE /v1/me/key` */
export const revokeOwnKey: OperationOptions = {
  id: 'revokeOwnKey',
  summary: 'Revoke the calling API key',
  method: 'api_key',
  description:
    'For a key that has leaked: whoever finds it can end it. By the key itself, not by a JWT.',
  answers: { 200: { description: 'The key as it is now.', schema: apiKeyItem } },
  errors: { 403: 'The call was made with a JWT.' },
};
