import { ACCOUNT_ID_PREFIX } from '../credential/identifiers.js';
import type { Reading } from '../cache/reading.js';
import type { SignerReference } from '../credential/token-rules.js';
import type { Rule } from '../rule.js';
import type { KnownKey } from './known-key.js';
import type { Signer } from './signer.js';

/** How many keys of an account are tried for a JWT that names none. */
export const MAX_SIGNERS = 20;

/** What was found for an API key of the right form. */
export interface KeyMatch {
  /** The key with this id, or null. */
  readonly found: KnownKey | null;
  /** When that was read. */
  readonly reading: Reading;
  /** Whether the whole key is the one that was issued under this id. */
  readonly matches: boolean;
}

/** What makes an API key known. */
export const KEY_MATCH_RULES = [
  { name: 'key_known', reason: 'unknown_key', holds: ({ found }) => found !== null },
  {
    name: 'secret',
    reason: 'wrong_secret',
    needs: ['key_known'],
    holds: ({ matches }) => matches,
  },
] as const satisfies readonly Rule<KeyMatch>[];

/** What was found for a JWT of the right form. */
export interface SignerMatch {
  /** What the JWT names. */
  readonly reference: SignerReference;
  /** The key of that id, or the account's usable keys: one more than are tried, where there are so many. */
  readonly candidates: readonly KnownKey[];
  /** When they were read. */
  readonly reading: Reading;
  /** The candidate that signed it, or null. */
  readonly signer: Signer | null;
}

/** What makes the signer of a JWT known. */
export const SIGNER_RULES = [
  {
    name: 'signer_known',
    reason: 'unknown_key',
    holds: ({ reference, candidates }) => 'accountId' in reference || candidates.length > 0,
  },
  {
    name: 'signer_tried',
    reason: 'kid_required',
    needs: ['signer_known'],
    holds: ({ candidates, signer }) => signer !== null || candidates.length <= MAX_SIGNERS,
  },
  {
    name: 'account_known',
    reason: 'unknown_account',
    needs: ['signer_known'],
    holds: ({ candidates }) => candidates.length > 0,
  },
  {
    name: 'signature',
    reason: 'wrong_signature',
    needs: ['three_segments', 'signature_size', 'signer_known', 'account_known', 'signer_tried'],
    holds: ({ signer }) => signer !== null,
  },
] as const satisfies readonly Rule<SignerMatch>[];

/** Whom a JWT speaks for, and whose the key is that signed it. */
export interface TokenOwner {
  /** `sub` */
  readonly subject: string;
  readonly accountId: string;
}

/** A `sub` that looks like an account id must be the key's own account, in the same letters. */
export const OWNER_RULES = [
  {
    name: 'subject_account',
    reason: 'subject_mismatch',
    needs: ['subject'],
    holds: ({ subject, accountId }) => !namesAccount(subject) || subject === accountId,
  },
] as const satisfies readonly Rule<TokenOwner>[];

const namesAccount = (subject: string): boolean =>
  subject.toLowerCase().startsWith(`${ACCOUNT_ID_PREFIX}_`);
