// What is in memory: what is found there, and for how long that counts.
const AUTHENTICATOR = 'api-keys/api-key.authenticator.ts';
const CREDENTIALS = 'cache/remembered-credentials.ts';
const READING = 'cache/reading.ts';

export const memory = [
  [
    'the scheme before what is known',
    'credential/bearer.ts',
    'SCHEME.test(value) ? value.slice(SCHEME_LENGTH) : null',
    'value.slice(SCHEME_LENGTH)',
  ],
  ['the address of what is known', AUTHENTICATOR, 'if (!isUsableFrom(known, ip))', 'if (false)'],
  [
    'the end of what is known',
    CREDENTIALS,
    'known.until === null || Date.now() < known.until ? known : undefined',
    'known',
  ],
  [
    'changes of what is known',
    READING,
    'this.changes.areUnchanged(stripes, asOf) &&',
    '(stripes === stripes || asOf === asOf) &&',
  ],
  [
    'changes after a refusal',
    CREDENTIALS,
    'if (!this.readings.isLatest(known.reading)) return undefined;',
    '',
  ],
  ['the times of who is known', 'api-keys/recognition.ts', 'new Date(time)', 'time'],
];
