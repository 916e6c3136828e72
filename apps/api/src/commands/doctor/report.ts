import type { NamedFinding, Status } from './check.js';

const MARKS: Readonly<Record<Status, string>> = {
  ok: '✓',
  warning: '!',
  failed: '✗',
  skipped: '–',
};

/** The findings as a list for people, with what to do under each that needs it, and a last line of counts. */
export function formatReport(findings: readonly NamedFinding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  const lines = findings.flatMap(({ name, status, message, remedy }) => [
    `${MARKS[status]} ${name.padEnd(width)}  ${message}`,
    ...(remedy === null ? [] : [`${indent}→ ${remedy}`]),
  ]);
  const { ok, warning, failed, skipped } = countOf(findings);
  const counts = `${ok} ok, ${warning} to look at, ${failed} failed, ${skipped} skipped`;
  return [...lines, '', counts].join('\n');
}

/** How many findings there are of each kind. */
export function countOf(findings: readonly NamedFinding[]): Record<Status, number> {
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { status } of findings) counts[status]++;
  return counts;
}
