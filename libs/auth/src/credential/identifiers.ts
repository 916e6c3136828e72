import { randomBase62 } from './base62.js';

const ID_LENGTH = 16;

/** `<prefix>_` and 16 base62 characters from a CSPRNG: 95 bits, so ids never collide and are never guessed. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBase62(ID_LENGTH)}`;
}

/** Whether the text is exactly `<prefix>_` and 16 base62 characters. */
export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-9A-Za-z]{16}$/.test(text.slice(prefix.length + 1));
}

/** Prefix of a public key id. */
export const KEY_ID_PREFIX = 'key';

/** Prefix of an account id. */
export const ACCOUNT_ID_PREFIX = 'acct';
