import { Refusal, type RefusalReason } from './refusal.js';

/**
 * One rule of authentication. Rules stand in ordered tables: whoever decides runs a table to the first rule that fails,
 * whoever explains runs all of it.
 */
export interface Rule<Subject, Name extends string = string> {
  /** Stable, snake case. */
  readonly name: Name;
  /** Why a credential that breaks it is refused. */
  readonly reason: RefusalReason;
  /** Names of earlier rules: where one of them fails, there is nothing here to judge. Default none. */
  readonly needs?: readonly string[];
  /** Whether the subject keeps the rule. */
  readonly holds: (subject: Subject) => boolean;
}

/**
 * Judges by every rule, in order.
 *
 * @param keyId public id of the key concerned, once known
 * @throws Refusal of the first rule that fails
 */
export function assertRules<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
  keyId: string | null = null,
): void {
  for (const rule of rules) {
    if (!rule.holds(subject)) throw new Refusal(rule.reason, keyId);
  }
}
