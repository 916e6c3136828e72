import { ConfigError } from '../config/config.error.js';
import type { Path, Remark } from './yaml-source.js';

/** Remarks that one message holds. */
const MOST = 20;

/**
 * What is wrong with a configuration file, for its author: a line for each thing, `file:line:column: keys[3].tier: …`.
 *
 * @param remarks at least one
 */
export function configFileError(file: string, remarks: readonly Remark[]): ConfigError {
  const ordered = [...remarks].sort(
    (one, other) => one.line - other.line || one.column - other.column,
  );
  const lines = ordered.slice(0, MOST).map((remark) => sentence(file, remark));
  const rest = ordered.length - MOST;
  return new ConfigError([...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'));
}

/** One thing to say of a file, with its place. */
export function sentence(file: string, { line, column, path, message }: Remark): string {
  const place = `${file}:${line}:${column}`;
  return path.length === 0 ? `${place}: ${message}` : `${place}: ${pathText(path)}: ${message}`;
}

/** `['keys', 3, 'tier']` as `keys[3].tier`. */
function pathText(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
