import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Characters from the operating system's CSPRNG, without modulo bias; 43 of them hold 256 bits. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** A non-negative safe integer, most significant digit first, left-padded with `0`. */
export function encodeBase62(value: number, width: number): string {
  let digits = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / ALPHABET.length)) {
    digits = `${ALPHABET[rest % ALPHABET.length]}${digits}`;
  }
  return digits.padStart(width, '0');
}
