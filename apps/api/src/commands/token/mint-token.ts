import { ApiKeyFormat, isId } from '@clary/nestjs-auth';
import jsonwebtoken from 'jsonwebtoken';

/** What a JWT is to say. What is left out is not said. */
export interface TokenRequest {
  /** `sub`: the caller's own name for its user; without a key id the account, `acct_…`. */
  readonly subject: string;
  /** Whole seconds from `iat` to `exp`, at least 1. */
  readonly lifetime: number;
  readonly tier?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** Names with blanks between (RFC 8693, section 4.2). */
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
  /** Whether the header names the key by `kid`. Default true. */
  readonly withKeyId?: boolean | undefined;
}

/** Thrown where no JWT can be made of what is given. The message is a sentence and holds no part of the key. */
export class MintError extends Error {
  override readonly name = 'MintError';
}

const FORMAT = new ApiKeyFormat('clary');

/**
 * Signs a JWT with an API key by HS256 (RFC 7518, section 3.2), as any client can. It is valid from `now` on.
 *
 * @throws MintError
 */
export function mintToken(apiKey: string, request: TokenRequest, now: Date): string {
  const keyId = FORMAT.keyIdOf(apiKey);
  if (keyId === null) throw new MintError(wrongKey(apiKey));
  const { withKeyId = true } = request;
  assertSayable(request, withKeyId);
  const iat = Math.floor(now.getTime() / 1000);
  const { subject: sub, lifetime, tier, permissions, scope, audience: aud } = request;
  const claims = { sub, iat, exp: iat + lifetime, tier, permissions, scope, aud };
  const said = Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== undefined),
  );
  return jsonwebtoken.sign(said, apiKey, {
    algorithm: 'HS256',
    ...(withKeyId && { keyid: keyId }),
  });
}

function assertSayable({ subject, lifetime }: TokenRequest, withKeyId: boolean): void {
  if (subject === '') throw new MintError('The sub must not be empty.');
  if (!withKeyId && !isId('acct', subject))
    throw new MintError('Without a kid, the sub must be the account of the key, acct_….');
  if (!Number.isInteger(lifetime) || lifetime < 1)
    throw new MintError('The lifetime must be at least one second.');
}

function wrongKey(text: string): string {
  if (text !== text.trim()) return 'The API key has blanks or line breaks around it.';
  if (text.includes('.')) return 'That is a JWT: what is needed is the API key that signs it.';
  if (isId('key', text)) return 'That is the public id of a key: what is needed is the whole key.';
  return 'That is no API key: it must be the whole key as it was shown once, clary_<env>_<id>_<secret>.';
}
