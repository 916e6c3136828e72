// What a credential is: its form, its secret or signature, its claims.
const BEARER = 'credential/bearer.ts';
const SIGNING = 'credential/signing-key.ts';
const TOKEN = 'credential/token.ts';
const CLAIMS = 'credential/token-claims.ts';

export const credential = [
  [
    'a second Authorization header',
    BEARER,
    "if (found !== undefined) throw new Refusal('several_headers');",
    '',
  ],
  [
    'the length of the header',
    BEARER,
    "if (value.length > MAX_HEADER_LENGTH) throw new Refusal('header_too_long');",
    '',
  ],
  [
    'the form of the header',
    BEARER,
    '/^bearer ([\\x21-\\x7e]+)$/i',
    '/bearer\\s+([\\x21-\\x7e]+)/i',
  ],
  [
    'the checksum',
    'credential/api-key-format.ts',
    'credential.slice(-CHECKSUM_LENGTH) === checksum(body)',
    'checksum(body) !== null',
  ],
  ['the verifier', 'credential/verifier.ts', 'timingSafeEqual(computed, verifier)', 'true'],
  ['the signature', SIGNING, 'timingSafeEqual(computed, signature)', 'true'],
  ['the length of a key', SIGNING, 'bytes.length <= BLOCK_SIZE', 'bytes.length < BLOCK_SIZE'],
  ['the length of a digest', SIGNING, 'digest.length !== DIGEST_SIZE', 'digest.length < 0'],
  [
    'the row of a sealed digest',
    'credential/sealing.ts',
    '`${version}\\n${keyId}\\n${accountId}`',
    '`${version}`',
  ],
  ['a fourth segment', TOKEN, 'rest.length > 0', 'rest.length > 9'],
  [
    'the one spelling of a segment',
    TOKEN,
    "bytes.toString('base64url') !== segment",
    'segment === null',
  ],
  ['valid UTF-8', TOKEN, 'fatal: true', 'fatal: false'],
  ['a payload that is a list', TOKEN, '!Array.isArray(value)', 'true'],
  ['the algorithm', TOKEN, "header['alg'] !== 'HS256'", 'false'],
  ['an algorithm of its own', TOKEN, "!Object.hasOwn(header, 'alg') ||", "!('alg' in header) ||"],
  [
    'members that change the meaning',
    TOKEN,
    'REFUSED_HEADER_MEMBERS.some((name) => Object.hasOwn(header, name))',
    'REFUSED_HEADER_MEMBERS.length === 0',
  ],
  ['the typ', TOKEN, "type.toUpperCase() !== 'JWT'", 'false'],
  ['well-formed Unicode in sub', TOKEN, '!subject.isWellFormed()', 'false'],
  ['control characters in sub', TOKEN, 'CONTROL_CHARACTER.test(subject) ||', ''],
  ['the length of sub', TOKEN, 'countCharacters(subject) > MAX_SUBJECT_LENGTH', 'false'],
  [
    'the form of a kid',
    TOKEN,
    "typeof value !== 'string' || !isId(KEY_ID_PREFIX, value)",
    "typeof value !== 'string'",
  ],
  [
    'the type of iss',
    TOKEN,
    "if (issuer !== undefined && typeof issuer !== 'string') throw new Refusal('malformed_token');",
    '',
  ],
  ['an account where no key is named', TOKEN, '!isId(ACCOUNT_ID_PREFIX, subject)', 'false'],
  ['finite times', CLAIMS, '|| !Number.isFinite(value)', ''],
  ['exp after iat', CLAIMS, "if (expiresAt <= issuedAt) throw new Refusal('claim_refused');", ''],
  ['the lifetime', CLAIMS, 'expiresAt - issuedAt > maxLifetime', 'false'],
  ['the expiry', CLAIMS, 'expiresAt + LEEWAY <= now', 'false'],
  ['nbf and iat in the future', CLAIMS, 'Math.max(issuedAt, notBefore) - LEEWAY > now', 'false'],
  ['the audience', CLAIMS, '!audiences.includes(expected)', 'false'],
  ['the name of a tier', CLAIMS, '!tiers.has(value)', 'false'],
  ['the type of permissions', CLAIMS, "!value.every((item) => typeof item === 'string')", 'false'],
  [
    'the type of scope',
    CLAIMS,
    "if (typeof value !== 'string') throw new Refusal('claim_refused');",
    "if (typeof value !== 'string') return [];",
  ],
];
