import type { AuthenticationMethod, Principal } from '../principal.js';
import type { RefusalReason } from '../refusal.js';

/** What came of one rule. A rule is not checked where an earlier one left nothing to judge. */
export type RuleOutcome = 'met' | 'failed' | 'not_checked';

/** One rule, and what it makes of a credential. */
export interface RuleResult {
  /** Stable, snake case. */
  readonly rule: string;
  /** The rule in one sentence. */
  readonly text: string;
  /** What came of it. */
  readonly outcome: RuleOutcome;
  /** Why the credential is refused for it; null unless the rule failed. */
  readonly reason: RefusalReason | null;
  /** What stands there. Never a secret; what a client wrote is shown as JSON in ASCII, and cut. */
  readonly found?: string;
  /** What to change; null unless the rule failed. */
  readonly remedy: string | null;
}

/** Why a credential is accepted or refused, rule by rule, in the order in which they are judged. */
export interface Explanation {
  /** What the credential is, by its shape. */
  readonly kind: AuthenticationMethod;
  /** Whether every rule is met: then, and only then, the API would let it in. */
  readonly accepted: boolean;
  /** Whether the secret or the signature is right. If not, what the credential says of itself is not proven. */
  readonly proven: boolean;
  /** Public id of the key that it is, was signed by, or says it was; null where it names none. */
  readonly keyId: string | null;
  /** Whose key that is; null where the key is not known. */
  readonly accountId: string | null;
  /** The first that failed is what it would be refused for. */
  readonly rules: readonly RuleResult[];
  /** What is no reason for a refusal, and yet may not be what its maker meant. */
  readonly notes: readonly string[];
  /** Who would call, and what the call might do; null for a refused one. */
  readonly principal: Principal | null;
}
