// What a credential is: its form, its secret or signature, its claims.
const BEARER = 'credential/bearer.ts';
const SIGNING = 'credential/signing-key.ts';
const PARTS = 'credential/token-parts.ts';
const TOKEN = 'credential/token-rules.ts';
const CLAIMS = 'credential/claim-rules.ts';

export const credential = [
  [
    'a second Authorization header',
    BEARER,
    "if (found !== undefined) throw new Refusal('several_headers');",
    '',
  ],
  ['the length of the header', BEARER, 'value.length <= MAX_HEADER_LENGTH', 'true'],
  ['the form of the header', BEARER, '/^bearer [\\x21-\\x7e]+$/i', '/bearer\\s+[\\x21-\\x7e]+/i'],
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
  ['a fourth segment', TOKEN, 'segments === 3', 'segments >= 3'],
  [
    'the one spelling of a segment',
    PARTS,
    "bytes.toString('base64url') === segment",
    'segment !== null',
  ],
  ['valid UTF-8', PARTS, 'if (!isUtf8(bytes)) return UNREADABLE;', ''],
  ['a payload that is a list', PARTS, '!Array.isArray(value)', 'true'],
  ['the algorithm', TOKEN, "header['alg'] === 'HS256'", 'true'],
  ['an algorithm of its own', TOKEN, "Object.hasOwn(header, 'alg') &&", "'alg' in header &&"],
  [
    'members that change the meaning',
    TOKEN,
    '!REFUSED_HEADER_MEMBERS.some((name) => Object.hasOwn(header, name))',
    'REFUSED_HEADER_MEMBERS.length > 0',
  ],
  ['the typ', TOKEN, "type.toUpperCase() === 'JWT'", 'true'],
  ['well-formed Unicode in sub', TOKEN, '!subject.isWellFormed()', 'false'],
  ['control characters in sub', TOKEN, '!CONTROL_CHARACTER.test(subject) &&', ''],
  ['the length of sub', TOKEN, 'countCharacters(subject) <= MAX_SUBJECT_LENGTH', 'true'],
  [
    'the form of a kid',
    TOKEN,
    "typeof value === 'string' && isId(KEY_ID_PREFIX, value)",
    "typeof value === 'string'",
  ],
  ['the type of iss', TOKEN, "isAbsentOrText(ownValue(payload, 'iss'))", 'true'],
  ['an account where no key is named', TOKEN, 'isId(ACCOUNT_ID_PREFIX, value)', 'true'],
  ['finite times', CLAIMS, '&& Number.isFinite(value)', ''],
  ['exp after iat', CLAIMS, "timeOf(payload, 'exp') > timeOf(payload, 'iat')", 'true'],
  [
    'the lifetime',
    CLAIMS,
    "timeOf(payload, 'exp') - timeOf(payload, 'iat') <= asked.maxLifetime",
    'true',
  ],
  ['the expiry', CLAIMS, "timeOf(payload, 'exp') + LEEWAY > now", 'true'],
  ['nbf and iat in the future', CLAIMS, 'validFrom(payload) - LEEWAY <= now', 'true'],
  ['the audience', CLAIMS, "[payload['aud']].flat().includes(asked.audience)", 'true'],
  ['the name of a tier', CLAIMS, "asked.tiers.has(payload['tier'])", 'true'],
  ['the type of permissions', CLAIMS, "value.every((item) => typeof item === 'string')", 'true'],
  ['the type of scope', CLAIMS, "typeof payload['scope'] === 'string'", 'true'],
];
