import { createSigner } from 'fast-jwt';
import type { HeldKey } from '../server/messages.js';

/** Seconds; the longest that the library allows by default. */
const LIFETIME = 3600;

/** Mints JWTs that name their key, as a customer would with a stock library. */
export function signerWithKeyId({ key, keyId }: HeldKey): () => string {
  return signer({ key, kid: keyId }, 'customer-user');
}

/** Mints JWTs that name the account alone, so that each of its keys may have signed. */
export function signerForAccount({ key }: HeldKey, accountId: string): () => string {
  return signer({ key }, accountId);
}

function signer(options: { key: string; kid?: string }, sub: string): () => string {
  const sign = createSigner({ algorithm: 'HS256', ...options });
  let count = 0;
  return () => {
    count += 1;
    const iat = Math.floor(Date.now() / 1000);
    return sign({ sub, iat, exp: iat + LIFETIME, jti: String(count) });
  };
}
