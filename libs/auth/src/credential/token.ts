import { assertRules } from '../rule.js';
import type { JsonObject } from './json-object.js';
import { splitToken } from './token-parts.js';
import { signerOf, TOKEN_RULES, type SignerReference } from './token-rules.js';

/** A JWT whose form was checked and whose signature was not. Nothing in it may be believed yet. */
export interface UnverifiedToken {
  readonly signer: SignerReference;
  readonly subject: string;
  readonly payload: JsonObject;
  /** Header and payload segments as received, with the dot between them: what the signature covers. */
  readonly signingInput: string;
  /** 32 bytes. */
  readonly signature: Buffer;
}

/**
 * Reads a JWT in compact form (RFC 7515, section 7.1) more strictly than libraries do: by every one of `TOKEN_RULES`.
 *
 * @throws Refusal
 */
export function readToken(token: string): UnverifiedToken {
  const parts = splitToken(token);
  assertRules(TOKEN_RULES, parts);
  const { payload, signingInput, signature } = parts;
  return {
    signer: signerOf(parts),
    subject: payload['sub'] as string,
    payload,
    signingInput,
    signature,
  };
}
