import { file, form } from '../../support/uploads.js';

/** What an account has, and what another must not get at. */
export interface Belongings {
  readonly account: string;
  readonly key: string;
  /** That `key` replaced. */
  readonly rotated: string;
  readonly document: string;
  readonly workflow: string;
  /** Of the document's content. */
  readonly etag: string;
  /** Under which the account has made two keys; under the first, it has replaced one as well. */
  readonly idempotencyKeys: readonly [string, string];
  /** What it has made under those: the body. */
  readonly made: object;
}

/** A request of one account. */
export interface Sent {
  /** With its query. */
  readonly path: string;
  readonly json?: object;
  readonly body?: () => FormData;
  readonly headers?: Record<string, string>;
}

/**
 * - `not found`: as if the other's were not there
 * - `forbidden`: what is missing is `admin`
 * - `malformed`: there is no such field
 * - `nothing of theirs`: it succeeds, and tells and does nothing of the other's
 */
export type Outcome = 'not found' | 'forbidden' | 'malformed' | 'nothing of theirs';

/** An attack on what the other account has, through one field of one route. */
export interface RouteAttack {
  /** Method and path template, as in the OpenAPI document. */
  readonly route: string;
  /** Where the other's id is put, such as `path id`; null where the route takes none. */
  readonly field: string | null;
  readonly outcome: Outcome;
  readonly request: (theirs: Belongings, mine: Belongings) => Sent;
}

type Request = RouteAttack['request'];

const attack = (
  route: string,
  field: string | null,
  outcome: Outcome,
  request: Request,
): RouteAttack => ({ route, field, outcome, request });

/** The route itself, with whatever body it wants. */
const plain = (route: string, sent: Omit<Sent, 'path'> = {}): RouteAttack =>
  attack(route, null, 'nothing of theirs', () => ({ path: pathOf(route), ...sent }));

const pathOf = (route: string): string => route.slice(route.indexOf(' ') + 1);

/** Somebody else's id in the path. */
function byPath(
  route: string,
  id: (theirs: Belongings) => string,
  sent: (theirs: Belongings) => Omit<Sent, 'path'> = () => ({}),
): RouteAttack[] {
  const [before = '', after = ''] = pathOf(route).split('{id}');
  const request =
    (spell: (id: string) => string): Request =>
    (theirs) => ({ path: `${before}${spell(id(theirs))}${after}`, ...sent(theirs) });
  return [(text: string) => text, (text: string) => text.replace('_', '%5F')].map((spell) =>
    attack(route, 'path id', 'not found', request(spell)),
  );
}

/** Somebody else's account in the query of a list. */
function byAccount(path: string, whole = '&limit=100'): RouteAttack[] {
  const route = `GET ${path}`;
  const field = 'query account_id';
  return [
    attack(route, field, 'forbidden', ({ account }) => ({ path: `${path}?account_id=${account}` })),
    attack(route, field, 'forbidden', () => ({ path: `${path}?account_id=all` })),
    attack(route, field, 'forbidden', () => ({ path: `${path}?account_id=` })),
    attack(route, field, 'malformed', ({ account }, mine) => ({
      path: `${path}?account_id=${mine.account}&account_id=${account}`,
    })),
    attack(route, field, 'nothing of theirs', (_, mine) => ({
      path: `${path}?account_id=${mine.account}${whole}`,
    })),
  ];
}

/** Every list with all that it holds; fields that it does not have are no way round. */
function list(path: string, ...filters: string[]): RouteAttack[] {
  return [
    ...['', ...filters].map((filter) =>
      attack(`GET ${path}`, null, 'nothing of theirs', () => ({
        path: `${path}?limit=100${filter}`,
      })),
    ),
    ...byOtherNames(path),
  ];
}

/** Somebody else's account in fields that a list does not have. */
function byOtherNames(path: string): RouteAttack[] {
  return ['accountId', 'account', 'owner'].map((name) =>
    attack(`GET ${path}`, null, 'malformed', ({ account }) => ({
      path: `${path}?${name}=${account}`,
    })),
  );
}

const DEFINITION = { tasks: [{ id: 'read', type: 'document_parser' }] };
const MADE = { name: 'Mine', permissions: ['documents:read'] };
const ROTATION = { json: { grace_period_seconds: 600 } };

const apiKeyAttacks: RouteAttack[] = [
  attack('POST /v1/api-keys', 'body account_id', 'not found', ({ account }) => ({
    path: '/v1/api-keys',
    json: { ...MADE, account_id: account },
  })),
  attack('POST /v1/api-keys', 'header Idempotency-Key', 'not found', (theirs) => ({
    path: '/v1/api-keys',
    json: { ...theirs.made, account_id: theirs.account },
    headers: { 'idempotency-key': theirs.idempotencyKeys[1] },
  })),
  attack('POST /v1/api-keys', 'header Idempotency-Key', 'nothing of theirs', (theirs) => ({
    path: '/v1/api-keys',
    json: theirs.made,
    headers: { 'idempotency-key': theirs.idempotencyKeys[0] },
  })),
  ...list('/v1/api-keys', '&status=active', '&status=revoked', '&environment=development'),
  ...list('/v1/api-keys', '&expiring_within=9999d', '&environment=production'),
  ...byAccount('/v1/api-keys'),
  ...byPath('GET /v1/api-keys/{id}', ({ key }) => key),
  ...byPath(
    'PATCH /v1/api-keys/{id}',
    ({ key }) => key,
    () => ({ json: { name: 'Mine now', permissions: [], status: 'disabled' } }),
  ),
  ...byPath('DELETE /v1/api-keys/{id}', ({ key }) => key),
  ...byPath('GET /v1/api-keys/{id}/permissions-in-use', ({ key }) => key),
  ...byPath(
    'POST /v1/api-keys/{id}/rotate',
    ({ key }) => key,
    () => ROTATION,
  ),
  attack('POST /v1/api-keys/{id}/rotate', 'header Idempotency-Key', 'not found', (theirs) => ({
    path: `/v1/api-keys/${theirs.rotated}/rotate`,
    headers: { 'idempotency-key': theirs.idempotencyKeys[0] },
    ...ROTATION,
  })),
  ...byPath('POST /v1/api-keys/{id}/revoke-tokens', ({ key }) => key),
];

const accountAttacks: RouteAttack[] = [
  attack('GET /v1/accounts', null, 'forbidden', () => ({ path: '/v1/accounts' })),
  attack('POST /v1/accounts', null, 'forbidden', () => ({
    path: '/v1/accounts',
    json: { name: 'Mine', tier: 'professional' },
  })),
  ...['GET', 'PATCH'].flatMap((method) =>
    (['theirs', 'mine', 'none'] as const).map((whose) =>
      attack(`${method} /v1/accounts/{id}`, 'path id', 'forbidden', (theirs, mine) => {
        const id = { theirs: theirs.account, mine: mine.account, none: 'acct_0000000000000000' };
        return {
          path: `/v1/accounts/${id[whose]}`,
          ...(method === 'PATCH' && { json: { status: 'suspended' } }),
        };
      }),
    ),
  ),
];

const auditAttacks: RouteAttack[] = [
  ...list('/v1/audit-events', '&action=api_key.created', '&action=account.created'),
  ...byAccount('/v1/audit-events'),
  attack('GET /v1/audit-events', 'query key_id', 'nothing of theirs', ({ key }) => ({
    path: `/v1/audit-events?limit=100&key_id=${key}`,
  })),
  attack('GET /v1/audit-events', 'query key_id', 'nothing of theirs', ({ account }) => ({
    path: `/v1/audit-events?limit=100&key_id=${account}`,
  })),
];

const usageAttacks: RouteAttack[] = [
  plain('GET /v1/usage'),
  ...byOtherNames('/v1/usage'),
  ...byAccount('/v1/usage', '&granularity=day'),
  ...(['key', 'account'] as const).map((whose) =>
    attack('GET /v1/usage', 'query key_id', 'nothing of theirs', (theirs) => ({
      path: `/v1/usage?granularity=day&key_id=${theirs[whose]}`,
    })),
  ),
];

const upload = { body: () => form({ file: file() }) };

/** Never across accounts, not even with `admin`. */
export const documentAndWorkflowAttacks: RouteAttack[] = [
  plain('POST /v1/documents', upload),
  attack('POST /v1/documents', null, 'malformed', ({ account }) => ({
    path: '/v1/documents',
    body: () => form({ account_id: account, file: file() }),
  })),
  plain('POST /v1/documents/batch', upload),
  ...list('/v1/documents', '&status=processing', '&content_type=text/plain'),
  ...byPath('GET /v1/documents/{id}', ({ document }) => document),
  ...byPath('DELETE /v1/documents/{id}', ({ document }) => document),
  ...byPath('GET /v1/documents/{id}/content', ({ document }) => document),
  ...byPath(
    'GET /v1/documents/{id}/content',
    ({ document }) => document,
    ({ etag }) => ({ headers: { 'if-none-match': etag } }),
  ),
  ...byPath(
    'GET /v1/documents/{id}/content',
    ({ document }) => document,
    ({ etag }) => ({ headers: { range: 'bytes=0-0', 'if-range': etag } }),
  ),
  plain('POST /v1/workflows', { json: { name: 'Mine', definition: DEFINITION } }),
  attack('POST /v1/workflows', null, 'malformed', ({ account }) => ({
    path: '/v1/workflows',
    json: { name: 'Mine', definition: DEFINITION, account_id: account },
  })),
  ...list('/v1/workflows', '&status=active', '&status=inactive'),
  ...byPath('GET /v1/workflows/{id}', ({ workflow }) => workflow),
  ...byPath(
    'PATCH /v1/workflows/{id}',
    ({ workflow }) => workflow,
    () => ({ json: { name: 'Mine now' } }),
  ),
  ...byPath('DELETE /v1/workflows/{id}', ({ workflow }) => workflow),
];

const publicRoutes = ['GET /health/live', 'GET /health/ready', 'GET /openapi.json', 'GET /docs'];

/** Attacks by whoever has all permissions but `admin`, through every route. */
export const crossAccountAttacks: RouteAttack[] = [
  plain('GET /v1/me'),
  attack('GET /v1/me', null, 'nothing of theirs', ({ account, key }) => ({
    path: `/v1/me?account_id=${account}&key_id=${key}`,
  })),
  ...apiKeyAttacks,
  ...accountAttacks,
  ...auditAttacks,
  ...usageAttacks,
  ...documentAndWorkflowAttacks,
  ...publicRoutes.map((route) => plain(route)),
  attack('GET /docs/{file}', 'path file', 'not found', ({ document }) => ({
    path: `/docs/${document}`,
  })),
];

/** The one route that ends whoever takes it. */
export const SELF_REVOCATION = 'DELETE /v1/me/key';
