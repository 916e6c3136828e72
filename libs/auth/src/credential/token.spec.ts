import { describe, expect, it } from 'vitest';
import { readToken } from './token.js';

const KEY_ID = 'key_0123456789abcdef';
const ACCOUNT_ID = 'acct_0123456789abcdef';
const SIGNATURE = Buffer.alloc(32, 7).toString('base64url');

const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const token = (header: unknown, payload: unknown, signature = SIGNATURE): string =>
  `${segment(header)}.${segment(payload)}.${signature}`;

const reasonOf = (text: string): unknown => {
  try {
    return readToken(text);
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

const HEADER = { alg: 'HS256' };

describe('which key a JWT says has signed it', () => {
  it.each([
    ['the kid', { ...HEADER, kid: KEY_ID }, { sub: 'user' }, { keyId: KEY_ID }],
    [
      'the kid, whatever the iss',
      { ...HEADER, kid: KEY_ID },
      { sub: 'user', iss: 'key_x' },
      { keyId: KEY_ID },
    ],
    ['an iss that is a key id', HEADER, { sub: 'user', iss: KEY_ID }, { keyId: KEY_ID }],
    ['the account in sub', HEADER, { sub: ACCOUNT_ID }, { accountId: ACCOUNT_ID }],
    [
      'the account in sub, with a foreign iss',
      HEADER,
      { sub: ACCOUNT_ID, iss: 'https://me' },
      { accountId: ACCOUNT_ID },
    ],
  ])('is told by %s', (_, header, payload, signer) => {
    expect(readToken(token(header, payload)).signer).toEqual(signer);
  });

  it.each([
    ['malformed_key_id', { ...HEADER, kid: 'key_short' }, { sub: ACCOUNT_ID }],
    ['malformed_key_id', { ...HEADER, kid: null }, { sub: ACCOUNT_ID }],
    ['malformed_key_id', { ...HEADER, kid: 7 }, { sub: ACCOUNT_ID }],
    ['malformed_key_id', { ...HEADER, kid: '../../dev/null' }, { sub: ACCOUNT_ID }],
    ['malformed_key_id', HEADER, { sub: ACCOUNT_ID, iss: 'key_short' }],
    ['kid_required', HEADER, { sub: 'user_id' }],
    ['kid_required', HEADER, { sub: ACCOUNT_ID.toUpperCase() }],
  ])('is refused as %s, with no fallback: %j %j', (reason, header, payload) => {
    expect(reasonOf(token(header, payload))).toBe(reason);
  });
});

describe('the header of a JWT', () => {
  it.each([undefined, 'JWT', 'jwt', 'Jwt'])('may have the typ %j', (typ) => {
    expect(readToken(token({ ...HEADER, typ }, { sub: ACCOUNT_ID })).subject).toBe(ACCOUNT_ID);
  });

  it.each(['none', 'None', 'hs256', 'HS384', 'HS512', 'RS256', '', null, ['HS256'], undefined])(
    'is refused with alg %j',
    (alg) => {
      expect(reasonOf(token({ alg }, { sub: ACCOUNT_ID }))).toBe('algorithm_refused');
    },
  );

  it('has an alg of its own, not one of a prototype', () => {
    expect(reasonOf(token('{"__proto__":{"alg":"HS256"}}', { sub: ACCOUNT_ID }))).toBe(
      'algorithm_refused',
    );
    Object.assign(Object.prototype, { alg: 'HS256' });
    try {
      expect(reasonOf(token({}, { sub: ACCOUNT_ID }))).toBe('algorithm_refused');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'alg');
    }
  });

  it.each(['crit', 'b64', 'zip', 'cty', 'enc', 'jwk', 'jku', 'x5u', 'x5c'])(
    'is refused with %s, whatever its value',
    (name) => {
      expect(reasonOf(token({ ...HEADER, [name]: null }, { sub: ACCOUNT_ID }))).toBe(
        'token_header_refused',
      );
    },
  );

  it.each(['at+jwt', '', 1, null])('is refused with the typ %j', (typ) => {
    expect(reasonOf(token({ ...HEADER, typ }, { sub: ACCOUNT_ID }))).toBe('token_header_refused');
  });
});

describe('what a signature covers', () => {
  it('is header and payload as they were received', () => {
    const bytes = Buffer.alloc(32, 7);
    const text = token('{ "alg" : "HS256" }', `{ "sub" : "${ACCOUNT_ID}" }`);
    const { signingInput, signature, payload } = readToken(text);
    expect(`${signingInput}.${SIGNATURE}`).toBe(text);
    expect(signature).toEqual(bytes);
    expect(payload).toEqual({ sub: ACCOUNT_ID });
  });

  it.each([0, 16, 31, 33, 48, 64])('is not told by one of %i bytes', (size) => {
    const signature = Buffer.alloc(size, 7).toString('base64url');
    expect(reasonOf(token(HEADER, { sub: ACCOUNT_ID }, signature))).toBe('malformed_token');
  });
});

describe('the form of a JWT', () => {
  const good = token(HEADER, { sub: ACCOUNT_ID });
  const [header, payload] = good.split('.');

  it.each([
    ['two segments', `${header}.${payload}`],
    ['four segments', `${good}.`],
    ['an empty signature', `${header}.${payload}.`],
    ['an empty payload', `${header}..${SIGNATURE}`],
    ['a short signature', `${header}.${payload}.${SIGNATURE.slice(0, -2)}`],
    ['another spelling of the same signature', `${header}.${payload}.${SIGNATURE.slice(0, -1)}d`],
    ['padding', `${header}.${payload}.${SIGNATURE}=`],
    ['the other base64 alphabet', `${header}.${payload}.+${SIGNATURE.slice(1)}`],
    ['a blank', `${header}. ${payload}.${SIGNATURE}`],
    ['a header that is not JSON', `${segment('{')}.${payload}.${SIGNATURE}`],
    [
      'a payload that is not UTF-8',
      `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${SIGNATURE}`,
    ],
    [
      'a text in it that is not UTF-8',
      `${header}.${Buffer.from(`{"sub":"${ACCOUNT_ID}","x":"\xff"}`, 'latin1').toString('base64url')}.${SIGNATURE}`,
    ],
    ['a byte order mark', token(HEADER, `\ufeff{"sub":"${ACCOUNT_ID}"}`)],
    ['a payload of null', token(HEADER, 'null')],
    ['a payload that is a list', token(HEADER, '[]')],
    ['a payload that is a text', token(HEADER, '"x"')],
    ['an iss that is no text', token(HEADER, { sub: ACCOUNT_ID, iss: 1 })],
  ])('is refused with %s', (_, text) => {
    expect(reasonOf(text)).toBe('malformed_token');
  });

  it.each([
    ['missing', {}],
    ['empty', { sub: '' }],
    ['a number', { sub: 1 }],
    ['null', { sub: null }],
    ['of 256 characters', { sub: 'x'.repeat(256) }],
    ['with a line break', { sub: 'a\nb' }],
    ['with NUL', { sub: 'a\u0000b' }],
    ['with a C1 control character', { sub: 'a\u0085b' }],
  ])('is refused with a sub that is %s', (_, claims) => {
    expect(reasonOf(token({ ...HEADER, kid: KEY_ID }, claims))).toBe('malformed_subject');
  });

  it('is refused with a sub of half a surrogate pair', () => {
    expect(reasonOf(token({ ...HEADER, kid: KEY_ID }, '{"sub":"\\ud800"}'))).toBe(
      'malformed_subject',
    );
  });

  it('takes a sub of 255 characters outside the basic plane', () => {
    const sub = '𝕏'.repeat(255);
    expect(readToken(token({ ...HEADER, kid: KEY_ID }, { sub })).subject).toBe(sub);
  });
});
