import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { claims, mint, now, segment } from '../../support/tokens.js';
import { withCredential, type Arsenal, type Attack } from '../attack.js';

const kidOf = ({ mine }: Arsenal): object => ({ kid: mine.record.id });

type Members = Record<string, unknown>;

/** Signed rightly with the attacker's own key: only what is said can be wrong. */
const withHeader = (name: string, header: Members | ((arsenal: Arsenal) => Members)): Attack =>
  withCredential(name, (arsenal) =>
    mint(arsenal.mine.key, claims('user'), {
      ...kidOf(arsenal),
      ...(typeof header === 'function' ? header(arsenal) : header),
    }),
  );

const mac = (secret: string | Buffer, input: string, hash = 'sha256'): string =>
  createHmac(hash, secret).update(input).digest('base64url');

/** A token whose header is this very text. */
const withHeaderText = (name: string, header: (kid: string) => string): Attack =>
  withCredential(name, ({ mine }) => {
    const input = `${segment(header(mine.record.id))}.${segment(claims('user'))}`;
    return `${input}.${mac(mine.key, input)}`;
  });

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ALGORITHMS = [
  'none',
  'None',
  'NONE',
  'nOnE',
  '',
  'hs256',
  'HS256 ',
  ' HS256',
  'HS384',
  'HS512',
  'HS1',
  'RS256',
  'ES256',
  'PS256',
  'EdDSA',
  'dir',
  'A256KW',
  'constructor',
  '__proto__',
];
const REFUSED_MEMBERS = ['crit', 'b64', 'zip', 'cty', 'enc', 'jwk', 'jku', 'x5u', 'x5c'];
const KEY_IDS = [
  null,
  0,
  1,
  true,
  '',
  'key_',
  'key_x',
  '*',
  '%',
  '/dev/null',
  '../../../etc/passwd',
  "' OR 1=1--",
  'key_0000000000000000',
  ['key_0000000000000000'],
  {},
  'KEY_0000000000000000',
  'key_00000000000000000',
  'key_000000000000000\u0000',
];

/** Algorithms and every member of the header. */
export const headerMemberAttacks: Attack[] = [
  ...ALGORITHMS.map((alg) => withHeader(`alg ${JSON.stringify(alg)}`, { alg })),
  ...[null, 256, ['HS256'], { toString: 'HS256' }, true].map((alg) =>
    withHeader(`alg ${JSON.stringify(alg)}`, { alg }),
  ),
  withHeader('no alg', { alg: undefined }),
  ...REFUSED_MEMBERS.flatMap((name) => [
    withHeader(`${name} null`, { [name]: null }),
    withHeader(`${name} a list`, { [name]: [] }),
    withHeader(`${name} a text`, { [name]: 'x' }),
  ]),
  ...['at+jwt', 'JOSE', 'JWE', '', 7, null, ['JWT']].map((typ) =>
    withHeader(`typ ${JSON.stringify(typ)}`, { typ }),
  ),
  ...KEY_IDS.map((kid) => withHeader(`kid ${JSON.stringify(kid)}`, { kid })),
  withHeader('the kid of another account', ({ theirs }) => ({ kid: theirs.record.id })),
  withHeader('the kid of a revoked key', ({ revoked }) => ({ kid: revoked.record.id })),
  withHeaderText('alg in a prototype', (kid) => `{"__proto__":{"alg":"HS256"},"kid":"${kid}"}`),
  withHeaderText('alg twice, none last', (kid) => `{"alg":"HS256","alg":"none","kid":"${kid}"}`),
  withHeaderText(
    'kid twice, the bad one last',
    (kid) => `{"alg":"HS256","kid":"${kid}","kid":"x"}`,
  ),
  withHeaderText('a byte order mark', (kid) => `\ufeff{"alg":"HS256","kid":"${kid}"}`),
  withHeaderText('a header that is a list', () => '["HS256"]'),
  withHeaderText('a header that is null', () => 'null'),
  withHeaderText('a header that is a text', () => '"HS256"'),
  withHeaderText('a header that is no JSON', () => '{alg:HS256}'),
  withHeaderText('a comment in the header', (kid) => `{"alg":"HS256","kid":"${kid}"/**/}`),
  withHeaderText('text behind the header', (kid) => `{"alg":"HS256","kid":"${kid}"}x`),
  withHeaderText('a deep header', () => '['.repeat(2000)),
];

const forged = (name: string, forge: (input: string, arsenal: Arsenal) => string): Attack =>
  withCredential(name, (arsenal) => {
    const input = `${segment({ alg: 'HS256', ...kidOf(arsenal) })}.${segment(claims('user'))}`;
    return forge(input, arsenal);
  });

const signedWith = (name: string, secret: (arsenal: Arsenal) => string | Buffer): Attack =>
  forged(name, (input, arsenal) => `${input}.${mac(secret(arsenal), input)}`);

/** Signatures: none, wrong, of something else, spelt otherwise, made with what can be known. */
export const signatureAttacks: Attack[] = [
  forged('no signature', (input) => `${input}.`),
  forged('no third segment', (input) => input),
  forged('a fourth segment', (input, { mine }) => `${input}.${mac(mine.key, input)}.x`),
  forged('an empty fourth segment', (input, { mine }) => `${input}.${mac(mine.key, input)}.`),
  forged('five segments, as of a JWE', (input) => `${input}.x.x.x`),
  forged(
    'a signature cut short',
    (input, { mine }) => `${input}.${mac(mine.key, input).slice(0, -4)}`,
  ),
  forged('a signature that is longer', (input, { mine }) => `${input}.${mac(mine.key, input)}AAAA`),
  forged('a padded signature', (input, { mine }) => `${input}.${mac(mine.key, input)}=`),
  forged(
    'the signature in base64',
    (input, { mine }) =>
      `${input}.${createHmac('sha256', mine.key).update(input).digest('base64').replace(/^./, '+')}`,
  ),
  forged(
    'the signature in hex',
    (input, { mine }) => `${input}.${createHmac('sha256', mine.key).update(input).digest('hex')}`,
  ),
  forged('32 bytes of zero', (input) => `${input}.${Buffer.alloc(32).toString('base64url')}`),
  forged('HMAC-SHA-384', (input, { mine }) => `${input}.${mac(mine.key, input, 'sha384')}`),
  forged(
    'HMAC-SHA-512 cut to 32 bytes',
    (input, { mine }) =>
      `${input}.${createHmac('sha512', mine.key).update(input).digest().subarray(0, 32).toString('base64url')}`,
  ),
  forged(
    'SHA-256 of key and text',
    (input, { mine }) =>
      `${input}.${createHash('sha256')
        .update(mine.key + input)
        .digest('base64url')}`,
  ),
  forged(
    'RSA',
    (input) => `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`,
  ),
  forged(
    'the signature of the payload alone',
    (input, { mine }) => `${input}.${mac(mine.key, input.split('.')[1] ?? '')}`,
  ),
  forged(
    'the payload changed after signing',
    (input, { mine }) =>
      `${input.split('.')[0]}.${segment(claims('admin', { scope: 'admin' }))}.${mac(mine.key, input)}`,
  ),
  forged('the segments changed about', (input, { mine }) => `${mac(mine.key, input)}.${input}`),
  forged('a blank in the payload', (input, { mine }) => `${input}%20.${mac(mine.key, input)}`),
  forged(
    'an empty header segment',
    (input, { mine }) => `.${input.split('.')[1]}.${mac(mine.key, input)}`,
  ),
  signedWith('nothing as the secret', () => ''),
  signedWith('the public id as the secret', ({ mine }) => mine.record.id),
  signedWith('the account id as the secret', ({ mine }) => mine.record.accountId),
  signedWith('the stored verifier as the secret', ({ mine }) => mine.record.verifier),
  signedWith('the stored verifier in hex as the secret', ({ mine }) =>
    mine.record.verifier.toString('hex'),
  ),
  signedWith('the sealed digest as the secret', ({ mine }) => mine.record.sealedDigest),
  signedWith('the digest in hex as the secret', ({ mine }) =>
    createHash('sha256').update(mine.key).digest('hex'),
  ),
  signedWith('the secret part alone', ({ mine }) => mine.key.split('_')[3] ?? ''),
  signedWith('the key without its checksum', ({ mine }) => mine.key.slice(0, -6)),
  signedWith('the key and a line break', ({ mine }) => `${mine.key}\n`),
  signedWith('the key of another account', ({ theirs }) => theirs.key),
  signedWith('a revoked key of the same account', ({ revoked }) => revoked.key),
];

const withClaims = (name: string, payload: string): Attack =>
  withCredential(name, (arsenal) => mint(arsenal.mine.key, payload, kidOf(arsenal)));

const withClaim = (claim: string, value: unknown): Attack =>
  withCredential(`${claim} ${value === undefined ? 'missing' : JSON.stringify(value)}`, (arsenal) =>
    mint(arsenal.mine.key, claims('user', { [claim]: value }), kidOf(arsenal)),
  );

const WRONG: Record<string, unknown[]> = {
  sub: [
    undefined,
    null,
    '',
    0,
    [],
    {},
    true,
    'a\u0000',
    'a\nb',
    '\u007f',
    '\u0085',
    'x'.repeat(256),
    'acct_',
    'ACCT_x',
    'acct_0000000000000000',
    'Acct_0000000000000000',
  ],
  iat: [undefined, null, '', '1', [], {}, true, now() + 3600],
  exp: [
    undefined,
    null,
    '',
    '9999999999',
    [],
    {},
    true,
    0,
    -1,
    now() - 31,
    now() + 7200,
    9_999_999_999,
  ],
  nbf: [null, '', '0', [], {}, true, now() + 3600],
  tier: [
    null,
    '',
    0,
    [],
    ['lite'],
    {},
    true,
    'Lite',
    'LITE',
    'lite ',
    'free',
    'enterprise',
    'constructor',
    '__proto__',
  ],
  permissions: [null, '', '*', 0, {}, true, [1], [null], [['*']], [{}]],
  scope: [null, 0, [], ['*'], {}, true],
  aud: [
    null,
    '',
    0,
    [],
    {},
    true,
    [1],
    ['clary', 1],
    'Clary',
    'clary ',
    ['other'],
    'https://clary',
  ],
  iss: [null, 0, [], {}, true],
};

/** Every claim in every wrong form, and payloads that are no objects. */
export const claimAttacks: Attack[] = [
  ...Object.entries(WRONG).flatMap(([claim, values]) =>
    values.map((value) => withClaim(claim, value)),
  ),
  ...[
    'null',
    '[]',
    '[1]',
    '"text"',
    '1',
    'true',
    '',
    '{',
    '{}',
    '{"sub"',
    '\ufeff{}',
    '{}{}',
    "{'sub':'x'}",
    '[['.repeat(1000),
  ].map((payload) => withClaims(`the payload ${payload.slice(0, 20)}`, payload)),
  withClaims('exp of 1e400', `{"sub":"user","iat":${now()},"exp":1e400}`),
  withClaims('iat and exp of -1e400', '{"sub":"user","iat":-1e400,"exp":-1e400}'),
  withClaims(
    'times only in a prototype',
    `{"sub":"user","__proto__":{"iat":${now()},"exp":${now() + 60}}}`,
  ),
  withClaims(
    'sub only in a prototype',
    `{"__proto__":{"sub":"user"},"iat":${now()},"exp":${now() + 60}}`,
  ),
  withClaims(
    'exp twice, the bad one last',
    `{"sub":"user","iat":${now()},"exp":${now() + 60},"exp":1}`,
  ),
  withClaims(
    'half a surrogate pair in sub',
    `{"sub":"\\udfff","iat":${now()},"exp":${now() + 60}}`,
  ),
  withClaims(
    'a control character escaped in sub',
    `{"sub":"a\\u0007","iat":${now()},"exp":${now() + 60}}`,
  ),
  withCredential('an iss that is no known key', ({ mine }) =>
    mint(mine.key, claims(mine.record.accountId, { iss: 'key_0000000000000000' })),
  ),
  withCredential('an iss that is half a key id', ({ mine }) =>
    mint(mine.key, claims(mine.record.accountId, { iss: 'key_' })),
  ),
  withCredential('the iss of another account', ({ mine, theirs }) =>
    mint(mine.key, claims('user', { iss: theirs.record.id })),
  ),
  withCredential('no key id, and a user as sub', ({ mine }) => mint(mine.key, claims('user'))),
  withCredential('no key id, and another account as sub', ({ mine, theirs }) =>
    mint(mine.key, claims(theirs.record.accountId)),
  ),
  withCredential('no key id, and an account in capitals', ({ mine }) =>
    mint(mine.key, claims(mine.record.accountId.toUpperCase())),
  ),
  withCredential('no key id, signed by a revoked key', ({ revoked }) =>
    mint(revoked.key, claims(revoked.record.accountId)),
  ),
  withCredential('a key id, and another account as sub', ({ mine, theirs }) =>
    mint(mine.key, claims(theirs.record.accountId), { kid: mine.record.id }),
  ),
  withCredential('a payload of 6 KB that is no JSON', ({ mine }) =>
    mint(mine.key, '{'.repeat(4000), { kid: mine.record.id }),
  ),
];
