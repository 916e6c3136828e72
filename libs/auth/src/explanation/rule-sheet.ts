import type { Rule } from '../rule.js';
import type { RuleResult } from './explanation.js';

/** A rule for people. */
export interface RuleWords<Subject> {
  /** The rule in one sentence. */
  readonly text: string;
  /** What to change where it fails. */
  readonly remedy: string;
  /** What stands there; null where there is nothing to show. */
  readonly found?: (subject: Subject) => string | null;
}

/** The words for every rule of a table. */
export type WordsFor<Rules extends readonly Rule<never>[], Subject> = Readonly<
  Record<Rules[number]['name'], RuleWords<Subject>>
>;

/** Collects what every rule says, table by table. */
export class RuleSheet {
  readonly results: RuleResult[] = [];

  /** Judges by every rule of a table. Without a subject none is checked. */
  judge<Subject, Name extends string>(
    rules: readonly Rule<Subject, Name>[],
    words: Readonly<Record<Name, RuleWords<Subject>>>,
    subject: NoInfer<Subject> | null,
  ): void {
    for (const rule of rules) this.results.push(this.judgeOne(rule, words[rule.name], subject));
  }

  /** Whether the rule was checked and holds. */
  isMet(name: string): boolean {
    return this.results.some(({ rule, outcome }) => rule === name && outcome === 'met');
  }

  /** Whether every rule was checked and holds. */
  get isClean(): boolean {
    return this.results.every(({ outcome }) => outcome === 'met');
  }

  private judgeOne<Subject>(
    { name, reason, needs = [], holds }: Rule<Subject>,
    { text, remedy, found }: RuleWords<Subject>,
    subject: Subject | null,
  ): RuleResult {
    const unjudged = { rule: name, text, reason: null, remedy: null };
    if (subject === null || !needs.every((needed) => this.isMet(needed)))
      return { ...unjudged, outcome: 'not_checked' };
    const seen = found?.(subject) ?? null;
    const judged = { ...unjudged, ...(seen !== null && { found: seen }) };
    return holds(subject)
      ? { ...judged, outcome: 'met' }
      : { ...judged, outcome: 'failed', reason, remedy };
  }
}
