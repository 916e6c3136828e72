import type { Explanation, RuleOutcome, RuleResult } from '@clary/nestjs-auth';
import { presentMe } from '../../me/me.schema.js';

const MARKS: Readonly<Record<RuleOutcome, string>> = { met: '✓', failed: '✗', not_checked: '–' };

const COLOURS: Readonly<Record<RuleOutcome, number>> = { met: 32, failed: 31, not_checked: 2 };

type Paint = (text: string, outcome: RuleOutcome) => string;

/** An explanation for programs, in the manner of the API. */
export function toJson({ keyId, accountId, principal, ...explanation }: Explanation): object {
  return {
    ...explanation,
    key_id: keyId,
    account_id: accountId,
    principal: principal && presentMe(principal),
  };
}

/** An explanation for people: a line for each rule, more under those that failed, and the verdict last. */
export function formatExplanation(explanation: Explanation, coloured: boolean): string {
  const paint: Paint = (text, outcome) =>
    coloured ? `\u001b[${COLOURS[outcome]}m${text}\u001b[0m` : text;
  return [
    ...heading(explanation),
    '',
    ...explanation.rules.flatMap((result) => linesOf(result, paint)),
    ...explanation.notes.map((note) => `  Note: ${note}`),
    '',
    verdict(explanation, paint),
  ].join('\n');
}

function heading({ kind, proven, keyId, accountId }: Explanation): string[] {
  const named = `${keyId ?? 'of an unknown key'}, ${accountId ?? 'of an unknown account'}`;
  const first = `${kind === 'jwt' ? 'JWT' : 'API key'}: ${named}`;
  if (proven) return [first];
  return [
    first,
    kind === 'jwt'
      ? "Its signature is not proven: what it says of itself may be anybody's word."
      : "Its secret is not proven: it may be anybody's.",
  ];
}

function linesOf({ outcome, text, found, remedy }: RuleResult, paint: Paint): string[] {
  const line = paint(`${MARKS[outcome]} ${text}`, outcome);
  if (outcome !== 'failed') return [line];
  return [
    line,
    ...(found === undefined ? [] : [`    Found: ${found}.`]),
    ...(remedy === null ? [] : [`    To do: ${remedy}`]),
  ];
}

function verdict({ principal, rules }: Explanation, paint: Paint): string {
  if (principal === null) {
    const failed = rules.filter(({ outcome }) => outcome === 'failed');
    return paint(`Refused: ${failed[0]?.reason ?? ''} (rules failed: ${failed.length}).`, 'failed');
  }
  const permissions = principal.permissions.join(', ') || 'none';
  return paint(`Accepted: tier ${principal.tier}, permissions ${permissions}.`, 'met');
}
