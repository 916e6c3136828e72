import type { Attack } from '../attack.js';

const round = (target: string, status: Attack['status']): Attack => ({
  name: target,
  status,
  target,
  headers: () => [],
});

/** Paths and methods round the guard, without a credential. For the API only: a route's own spelling is the framework's. */
export const routeAttacks: Attack[] = [
  ...['GET', 'HEAD'].map((method) => round(`${method} /v1/me`, 401)),
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'SEARCH', 'LOCK', 'QUERY'].map(
    (method) => round(`${method} /v1/me`, 405),
  ),
  ...[
    'GET /v1/me/',
    'GET //v1/me',
    'GET /v1//me',
    'GET /V1/me',
    'GET /v1/ME',
    'GET /v1/./me',
    'GET /x/../v1/me',
    'GET /v1/me/..',
    'GET /v1/me.json',
    'GET /v1/me;x=1',
    'GET /v1%2fme',
    'GET /v1/me%20',
    'GET /v1/me%00',
    'GET /health/../v1/me',
    'GET /health/live/../../v1/me',
    'GET /v1/me%2f..',
  ].map((target) => round(target, 404)),
  ...[
    'GET /v1/%6de',
    'GET /v1/me?',
    'GET /v1/me?x=1',
    'GET /v1/me#x',
    'GET http://x/v1/me',
    'GET /v1/me?_method=POST',
    'GET /v1/me?public=true',
  ].map((target) => round(target, 401)),
  round('GET /v1/%zz', 400),
  round('FETCH /v1/me', 400),
  {
    ...round('GET /v1/me', 401),
    name: 'X-Original-URL of a public path',
    headers: () => ['X-Original-URL: /health/live', 'X-Rewrite-URL: /health/live'],
  },
  {
    ...round('POST /v1/me', 405),
    name: 'X-HTTP-Method-Override',
    headers: () => ['X-HTTP-Method-Override: GET', 'Content-Length: 0'],
  },
  {
    ...round('GET /v1/me', 401),
    name: 'X-Forwarded-User',
    headers: () => ['X-Forwarded-User: admin', 'X-Clary-Account: acct_x', 'X-Remote-User: admin'],
  },
  {
    ...round('GET /v1/me', 401),
    name: 'a body in which the key would be',
    headers: () => ['Content-Type: application/json', 'Content-Length: 0'],
  },
];
