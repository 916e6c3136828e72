// Mutants that no test can tell from the code, and why: [file below libs/auth/src, text, what stands there instead, why].
const BEARER = 'credential/bearer.ts';
const SIGNER = 'api-keys/signer.ts';
const SEALING = 'credential/sealing.ts';
const PARTS = 'credential/token-parts.ts';
const CLAIMS = 'credential/claim-rules.ts';

const MISSING =
  'split gives a first part always, and what has no second or third has not three either';
const CANONICAL =
  'bytes written as base64url again have no other character, and the texts must be equal';
const WHOLE_TAG = 'Node makes tags of 16 bytes by itself';
const LEAST_SIZE =
  'a blob without a whole tag is refused before, as no sealed value: this is the second net';
const DEFAULT_ENCODING = 'Buffer reads UTF-8 where no encoding is named';
const DECOY = 'work without a result, for the time that it takes: no test asserts on time';
const COMPILER = 'asked for the compiler: the index is below the length';

const CLIENT_IP = 'credential/client-ip.ts';
const NOTHING_TO_WALK = 'trustedProxies.length === 0 || address === null';
const SHORTCUT = 'saves work: the loop below would not be entered either';
const IP_RANGE = 'ip-range.ts';
const V4 = String.raw`/^(?:\d{1,3}\.){3}\d{1,3}$/`;
const MAPPED = String.raw`/^(?:::|(?:0{1,4}:){5})ffff:[\d.]+$/i`;
const SECOND_NET =
  'the library refuses what stands round an address: this is the first of two nets';

export const equivalent = [
  [
    'api-keys/principal.factory.ts',
    'one < other',
    'one <= other',
    'of two equal times either is the earlier',
  ],
  [
    'api-keys/api-key.state.ts',
    'notBefore !== null',
    'true',
    'asked for the compiler: no time is before null, which counts as 1970',
  ],
  [BEARER, 'at < rawHeaders.length', 'at <= rawHeaders.length', 'what is not there is no header'],
  [BEARER, 'rawHeaders[at]?.toLowerCase', 'rawHeaders[at].toLowerCase', COMPILER],
  [SIGNER, 'candidates.length === 0', 'true', DECOY],
  [SIGNER, 'candidates.length === 0', 'false', DECOY],
  [SIGNER, 'candidates.length === 0', 'candidates.length !== 0', DECOY],
  [SEALING, '{ authTagLength: TAG_SIZE }', '{}', `sealing: ${WHOLE_TAG}; opening: ${LEAST_SIZE}`],
  [SEALING, "'utf8'", '""', DEFAULT_ENCODING],
  ['credential/signing-key.ts', "'utf8'", '""', DEFAULT_ENCODING],
  [
    CLAIMS,
    "typeof value === 'number'",
    'true',
    'asked for the compiler: Number.isFinite is false for all that is no number',
  ],
  [PARTS, "''", '"Stryker was here!"', MISSING],
  [PARTS, '/^[A-Za-z0-9_-]+$/', '/[A-Za-z0-9_-]+$/', CANONICAL],
  [PARTS, '/^[A-Za-z0-9_-]+$/', '/^[A-Za-z0-9_-]+/', CANONICAL],
  [
    'tier.ts',
    "typeof name === 'string'",
    'true',
    'asked for the compiler: the map holds texts alone, so nothing else is found in it',
  ],
  [
    'tier.ts',
    'this.rank(name) < this.rank(low)',
    'this.rank(name) <= this.rank(low)',
    'two tiers of one rank are one tier',
  ],
  [CLIENT_IP, "''", '"Stryker was here!"', 'neither text is an address'],
  [CLIENT_IP, NOTHING_TO_WALK, 'false', SHORTCUT],
  [CLIENT_IP, NOTHING_TO_WALK, 'trustedProxies.length === 0 && address === null', SHORTCUT],
  [CLIENT_IP, 'trustedProxies.length === 0', 'false', SHORTCUT],
  [CLIENT_IP, 'address === null', 'false', SHORTCUT],
  [
    CLIENT_IP,
    'rawHeaders[at - 1]?.toLowerCase',
    'rawHeaders[at - 1].toLowerCase',
    'asked for the compiler: each value has its name before it',
  ],
  [IP_RANGE, "''", '"Stryker was here!"', 'split gives a first part always'],
  [IP_RANGE, V4, V4.replace('^', ''), SECOND_NET],
  [IP_RANGE, V4, V4.replace('$', ''), SECOND_NET],
  [IP_RANGE, MAPPED, MAPPED.replace('^', ''), SECOND_NET],
  [IP_RANGE, MAPPED, MAPPED.replace('$', ''), SECOND_NET],
];
