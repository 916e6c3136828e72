import { withCredential, type Arsenal, type Attack } from '../attack.js';

const form = (name: string, headers: (arsenal: Arsenal) => string[]): Attack => ({
  name: `${name}, known`,
  status: 401,
  headers,
});

/** What takes the place of `Bearer ` and is as long: whatever is known by what follows must not be found by it. */
const AS_LONG_AS_THE_SCHEME = [
  'Digest ',
  'Basic  ',
  'BeareR\t',
  'Bearer_',
  'Bearer=',
  'bearer:',
  '       x',
];

const BEHIND = ['a', '0', '=', '==', '.', ',', ';', '#', '%00', ' x', '\u00a0', '\u00e9', '-', '_'];

/** Another last character with which the same bytes are spelt: base64url of 32 bytes leaves two bits over. */
const respelt = (text: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.slice(-1));
  return text.slice(0, -1) + alphabet.charAt(last ^ 1);
};

const segmentsOf = (token: string): [string, string, string] =>
  token.split('.') as [string, string, string];

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** Attacks on a credential of either kind. */
const onEither = (kind: string, of: (arsenal: Arsenal) => string): Attack[] => [
  ...AS_LONG_AS_THE_SCHEME.map((scheme) =>
    form(`${kind} behind "${scheme}"`, (arsenal) => [`Authorization: ${scheme}${of(arsenal)}`]),
  ),
  ...BEHIND.map((more) =>
    withCredential(`${kind} with "${more}" behind it, known`, (arsenal) => of(arsenal) + more),
  ),
  ...['a', '.', '=', '-', '\u00a0', 'Bearer '].map((more) =>
    withCredential(`${kind} with "${more}" before it, known`, (arsenal) => more + of(arsenal)),
  ),
  withCredential(`${kind} with its cases swapped, known`, (arsenal) => swapCase(of(arsenal))),
  withCredential(`${kind} without its end, known`, (arsenal) => of(arsenal).slice(0, -1)),
  withCredential(`${kind} without its beginning, known`, (arsenal) => of(arsenal).slice(1)),
  withCredential(`${kind} twice, known`, (arsenal) => of(arsenal) + of(arsenal)),
  withCredential(`${kind} and 8 KB more, known`, (arsenal) => of(arsenal) + 'a'.repeat(8192)),
  form(`8 KB of blanks before ${kind}`, (arsenal) => [
    `Authorization: Bearer ${' '.repeat(8192)}${of(arsenal)}`,
  ]),
  form(`${kind} in two headers`, (arsenal) =>
    Array<string>(2).fill(`Authorization: Bearer ${of(arsenal)}`),
  ),
  form(`${kind} in a cookie`, (arsenal) => [`Cookie: access_token=${of(arsenal)}`]),
  form(`${kind} in another header`, (arsenal) => [`X-Api-Key: ${of(arsenal)}`]),
  {
    ...form(`${kind} in a JSON body`, () => ['Content-Type: application/json']),
    body: (arsenal) => JSON.stringify({ access_token: of(arsenal) }),
  },
];

/** Ways round the memory: each is sent while the credential that it distorts is in it. */
export const knownAttacks: Attack[] = [
  ...onEither('a key', ({ mine }) => mine.key),
  ...onEither('a JWT', ({ token }) => token),
  form('the key and the JWT', ({ mine, token }) => [
    `Authorization: Bearer ${mine.key}`,
    `Authorization: Bearer ${token}`,
  ]),
  { ...form('the key in the query', () => []), target: 'GET /v1/me?access_token=KEY' },
  { ...form('the JWT in the query', () => []), target: 'GET /v1/me?access_token=TOKEN' },
  withCredential('the signature in its other spelling, known', ({ token }) => respelt(token)),
  withCredential('the signature in base64, known', ({ token }) => {
    const [header, payload, signature] = segmentsOf(token);
    return `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`;
  }),
  ...[0, 1].map((at) =>
    withCredential(`segment ${at} padded, known`, ({ token }) =>
      segmentsOf(token)
        .map((segment, index) => (index === at ? `${segment}=` : segment))
        .join('.'),
    ),
  ),
  withCredential('the signature of another JWT of the same key, known', ({ mine, token }) => {
    const [header, , signature] = segmentsOf(token);
    const payload = { sub: 'admin', iat: 0, exp: 1, key: mine.record.id };
    return `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${signature}`;
  }),
];
