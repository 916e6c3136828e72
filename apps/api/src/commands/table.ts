import stringWidth from 'string-width';

/** What stands in a table; null is shown as a dash. */
export type Cell = string | number | null;

const GAP = '  ';

/**
 * Writes rows under headings, each column as wide as its widest cell.
 *
 * @returns lines without one at the end; the headings alone where there are no rows
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const lines = [headings, ...rows.map((row) => row.map(textOf))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))),
  );
  return lines.map((line) => formatLine(line, widths)).join('\n');
}

/** Writes names and what they stand for, one on a line. */
export function formatFields(fields: Readonly<Record<string, Cell>>): string {
  const width = Math.max(...Object.keys(fields).map((name) => stringWidth(name)));
  return Object.entries(fields)
    .map(([name, value]) => `${pad(name, width)}${GAP}${textOf(value)}`)
    .join('\n');
}

function formatLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => pad(cell, widths[column] ?? 0))
    .join(GAP)
    .trimEnd();
}

const textOf = (cell: Cell): string => (cell === null ? '–' : String(cell));

const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));
