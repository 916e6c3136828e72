import { Parser } from 'yaml';

/** Whether a YAML text nests deeper than so many levels. Iterative: the parser's next step takes the stack for it. */
export function nestsDeeperThan(levels: number, text: string): boolean {
  const open: [unknown, number][] = [...new Parser().parse(text)].map((token) => [token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (depth > levels) return true;
    for (const part of partsOf(token)) open.push([part, depth + 1]);
  }
  return false;
}

/** What a token of the concrete syntax holds: a document its value, a collection its keys and values. */
function partsOf(token: unknown): unknown[] {
  if (typeof token !== 'object' || token === null) return [];
  const { items = [], value } = token as {
    items?: readonly { key?: unknown; value?: unknown }[];
    value?: unknown;
  };
  return [value, ...items.flatMap((item) => [item.key, item.value])].filter(
    (part) => typeof part === 'object' && part !== null,
  );
}
