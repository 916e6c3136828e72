import type { IssuedApiKey } from '@clary/nestjs-auth';

/** What an attacker has: a good key of its own, and what can be known of another account. */
export interface Arsenal {
  /** A good key, with every permission of its account. */
  readonly mine: IssuedApiKey;
  /** A key of another account, of which only the public parts may be used. */
  readonly theirs: IssuedApiKey;
  /** A key of this account that was revoked. */
  readonly revoked: IssuedApiKey;
  /** A good JWT of mine; its signature has characters that base64 and base64url spell differently. */
  readonly token: string;
}

/** Statuses with which an attack may be answered: never 2xx, never 5xx. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 431;

/** One hostile request. */
export interface Attack {
  readonly name: string;
  readonly status: RefusalStatus;
  /** Method and path; `GET /v1/me` unless said. `KEY` and `TOKEN` stand for mine. */
  readonly target?: string;
  /** Without one, nothing is said of a body. */
  readonly body?: (arsenal: Arsenal) => string;
  /** Header lines beside `Host` and `Connection`. */
  readonly headers: (arsenal: Arsenal) => string[];
}

/** An attack by the credential alone, in a header of the right form. */
export function withCredential(name: string, credential: (arsenal: Arsenal) => string): Attack {
  return {
    name,
    status: 401,
    headers: (arsenal) => [`Authorization: Bearer ${credential(arsenal)}`],
  };
}

/** The bytes of an attack's request. */
export function toRequest(attack: Attack, arsenal: Arsenal): string {
  const { target = 'GET /v1/me', headers, body } = attack;
  const content = body?.(arsenal);
  return [
    `${target.replace('KEY', arsenal.mine.key).replace('TOKEN', arsenal.token)} HTTP/1.1`,
    'Host: x',
    ...headers(arsenal),
    ...(content === undefined ? [] : [`Content-Length: ${content.length}`]),
    'Connection: close',
    '',
    content ?? '',
  ].join('\r\n');
}
