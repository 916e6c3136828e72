import { createHmac } from 'node:crypto';

/** What the holder of a key gets in with. */
export interface Credentials {
  readonly accountId: string;
  /** Public id. */
  readonly keyId: string;
  readonly key: string;
  /** A JWT signed with the key, good for ten minutes. */
  readonly token: string;
}

/** Seconds for which a minted JWT is good. */
const LIFETIME = 600;

/** Public id of a key. */
export function idOf(key: string): string {
  return `key_${key.split('_')[2]}`;
}

let minted = 0;

/**
 * Mints a JWT that no process has seen before.
 *
 * @param at seconds since the epoch, by the clock of whom it is for
 */
export function mintToken(key: string, at = Math.floor(Date.now() / 1000)): string {
  minted += 1;
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'HS256', typ: 'JWT', kid: idOf(key) });
  const claims = encode({ sub: `user-${minted}`, iat: at, exp: at + LIFETIME });
  const input = `${header}.${claims}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** A key with a JWT of its own. */
export function credentialsOf(key: string, accountId: string): Credentials {
  return { accountId, keyId: idOf(key), key, token: mintToken(key) };
}
