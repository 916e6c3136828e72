import type { Attack } from '../attack.js';

const form = (name: string, headers: (key: string) => string[]): Attack => ({
  name,
  status: 401,
  headers: ({ mine }) => headers(mine.key),
});

const SCHEMES = [
  'Basic',
  'Digest',
  'Token',
  'ApiKey',
  'JWT',
  'Bearerx',
  'xBearer',
  'Bear',
  'Béarer',
  'Bearer:',
  'Bearer,',
  '"Bearer"',
];

const OTHER_PLACES = [
  'X-Api-Key: ',
  'X-Authorization: ',
  'X-Forwarded-Authorization: Bearer ',
  'X-Original-Authorization: Bearer ',
  'Proxy-Authorization: Bearer ',
  'Authentication: Bearer ',
  'Authorization-Bearer: ',
  'X-Access-Token: ',
  'Cookie: access_token=',
  'Cookie: Authorization=Bearer ',
  'Cookie: session=',
  'Sec-WebSocket-Protocol: bearer, ',
];

/** Forms of the header, doubled headers, and other places for a good credential. */
export const headerAttacks: Attack[] = [
  form('no header at all', () => []),
  form('an empty header', () => ['Authorization:']),
  form('the scheme alone', () => ['Authorization: Bearer']),
  form('the key alone', (key) => [`Authorization: ${key}`]),
  form('two blanks', (key) => [`Authorization: Bearer  ${key}`]),
  form('a tab', (key) => [`Authorization: Bearer\t${key}`]),
  form('a blank and a tab', (key) => [`Authorization: Bearer \t${key}`]),
  form('a no-break space', (key) => [`Authorization: Bearer\u00a0${key}`]),
  form('no blank', (key) => [`Authorization: Bearer${key}`]),
  form('an equals sign', (key) => [`Authorization: Bearer=${key}`]),
  form('a parameter', (key) => [`Authorization: Bearer token=${key}`]),
  form('quotes', (key) => [`Authorization: Bearer "${key}"`]),
  form('angle brackets', (key) => [`Authorization: Bearer <${key}>`]),
  form('text behind it', (key) => [`Authorization: Bearer ${key} x`]),
  form('a comma behind it', (key) => [`Authorization: Bearer ${key},`]),
  form('two credentials in a list', (key) => [`Authorization: Bearer ${key}, Bearer ${key}`]),
  form('two credentials with a blank', (key) => [`Authorization: Bearer ${key} ${key}`]),
  form('the scheme twice', (key) => [`Authorization: Bearer Bearer ${key}`]),
  form('two good headers', (key) => [
    `Authorization: Bearer ${key}`,
    `Authorization: Bearer ${key}`,
  ]),
  form('two good headers in other letters', (key) => [
    `authorization: Bearer ${key}`,
    `AUTHORIZATION: Bearer ${key}`,
  ]),
  form('a bad header first', (key) => ['Authorization: Bearer x', `Authorization: Bearer ${key}`]),
  form('a bad header last', (key) => [`Authorization: Bearer ${key}`, 'Authorization: Bearer x']),
  form('an empty second header', (key) => [`Authorization: Bearer ${key}`, 'Authorization:']),
  form('another scheme first', (key) => [
    'Authorization: Basic eDp5',
    `Authorization: Bearer ${key}`,
  ]),
  form('three headers', (key) => Array<string>(3).fill(`Authorization: Bearer ${key}`)),
  ...SCHEMES.map((scheme) =>
    form(`the scheme ${scheme}`, (key) => [`Authorization: ${scheme} ${key}`]),
  ),
  ...OTHER_PLACES.map((place) => form(`the key in "${place.trim()}"`, (key) => [`${place}${key}`])),
  { ...form('the key in the query', () => []), target: 'GET /v1/me?access_token=KEY' },
  form('more than 8 KB', (key) => [`Authorization: Bearer ${key}${'a'.repeat(8192)}`]),
  form('8 KB of dots', () => [`Authorization: Bearer ${'.'.repeat(8000)}`]),
  {
    name: 'more than 16 KB',
    status: 431,
    headers: () => [`Authorization: Bearer ${'a'.repeat(17_000)}`],
  },
  { name: 'NUL', status: 400, headers: ({ mine }) => [`Authorization: Bearer ${mine.key}\0`] },
  {
    name: 'a bare line feed',
    status: 400,
    headers: ({ mine }) => [`Authorization: Bearer x\n${mine.key}`],
  },
  {
    name: 'a folded header',
    status: 400,
    headers: ({ mine }) => ['Authorization: Bearer', ` ${mine.key}`],
  },
  {
    name: 'a blank before the colon',
    status: 400,
    headers: ({ mine }) => [`Authorization : Bearer ${mine.key}`],
  },
];
