import { withCredential, type Attack } from '../attack.js';

const distorted = (name: string, distort: (key: string) => string): Attack =>
  withCredential(name, ({ mine }) => distort(mine.key));

/** Another character of the same alphabet. */
const other = (character: string): string => (character === 'a' ? 'b' : 'a');

const replaceAt = (text: string, at: number): string =>
  text.slice(0, at) + other(text.charAt(at)) + text.slice(at + 1);

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

const parts = (key: string): [string, string, string, string] =>
  key.split('_') as [string, string, string, string];

/** A key of its own making under somebody else's id: good form, wrong secret. The checksum is the key's own. */
const NEVER_ISSUED = `clary_dev_${'a'.repeat(16)}_${'b'.repeat(43)}27ljJA`;

/** Keys of all distortions. */
export const keyAttacks: Attack[] = [
  withCredential('a well-formed key that was never issued', () => NEVER_ISSUED),
  withCredential('a revoked key', ({ revoked }) => revoked.key),
  withCredential('the public id', ({ mine }) => mine.record.id),
  withCredential('the hint', ({ mine }) => `${parts(mine.key).slice(0, 3).join('_')}_`),
  withCredential('the account id', ({ mine }) => mine.record.accountId),
  withCredential('the stored verifier in hex', ({ mine }) => mine.record.verifier.toString('hex')),
  withCredential('the stored verifier in base64url', ({ mine }) =>
    mine.record.verifier.toString('base64url'),
  ),
  withCredential('the sealed digest in base64url', ({ mine }) =>
    mine.record.sealedDigest.toString('base64url'),
  ),
  withCredential('my secret under their id', ({ mine, theirs }) =>
    mine.key.replace(parts(mine.key)[2], parts(theirs.key)[2]),
  ),
  ...[10, 20, 26, 27, 40, 69, 70, 75].map((at) =>
    distorted(`character ${at} changed`, (key) => replaceAt(key, at)),
  ),
  ...[1, 6, 7, 49, 50, 66].map((count) =>
    distorted(`cut by ${count}`, (key) => key.slice(0, -count)),
  ),
  ...[1, 6, 10].map((count) => distorted(`beheaded by ${count}`, (key) => key.slice(count))),
  distorted('a character more', (key) => `${key}a`),
  distorted('a zero more', (key) => `${key}0`),
  distorted('twice', (key) => key + key),
  distorted('upper-cased', (key) => key.toUpperCase()),
  distorted('lower-cased', (key) => key.toLowerCase()),
  distorted('with its cases swapped', swapCase),
  distorted('reversed', (key) => Array.from(key).reverse().join('')),
  distorted('percent-encoded', (key) => key.replaceAll('_', '%5F')),
  distorted('with dashes', (key) => key.replaceAll('_', '-')),
  distorted('in base64', (key) => Buffer.from(key).toString('base64')),
  distorted('in hex', (key) => Buffer.from(key).toString('hex')),
  distorted('with another prefix', (key) => key.replace('clary', 'clari')),
  distorted('without its prefix', (key) => key.replace('clary_', '')),
  ...['stg', 'prod', 'test', 'DEV', ''].map((tag) =>
    distorted(`with the environment "${tag}"`, (key) => key.replace('_dev_', `_${tag}_`)),
  ),
  distorted(
    'with a wildcard for its secret',
    (key) => `${parts(key).slice(0, 3).join('_')}_${'%'.repeat(49)}`,
  ),
  distorted('with a wildcard for its id', (key) => key.replace(parts(key)[2], '%'.repeat(16))),
  distorted('with SQL behind it', (key) => `${key}'--`),
  distorted('with SQL for its id', (key) => key.replace(parts(key)[2], "'OR'1'='1'OR'1='")),
  distorted('with a letter of another script', (key) => key.replace('clary', 'clаry')),
  distorted('with full-width digits', (key) => `${key.slice(0, -1)}\uff11`),
  distorted('with an escaped NUL', (key) => `${key}%00`),
  distorted('with a fragment', (key) => `${key}#`),
  distorted('as JSON', (key) => JSON.stringify({ key })),
  distorted('as a list', (key) => JSON.stringify([key])),
  distorted('with a dot behind it', (key) => `${key}.`),
  distorted('as three segments', (key) => `${key}.${key}.${key}`),
];
