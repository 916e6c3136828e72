import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { TestCommandLine } from './command-line.js';

/** An entry of the list `keys`. */
export type KeyEntry = Readonly<Record<string, unknown>> & { readonly id: string };

/** A key that was made for the file, and its entry. */
export interface GeneratedKey {
  readonly key: string;
  readonly entry: KeyEntry;
}

/** What a test writes into a configuration file. */
export interface FileContent {
  readonly revision: number;
  readonly accounts?: readonly object[];
  readonly keys?: readonly object[];
}

/** An account of the file. */
export const ACCOUNT = { id: `acct_${'a'.repeat(16)}`, name: 'Example Ltd', tier: 'standard' };

/** Makes a key for the file, as an operator does. */
export function generateKey(
  clary: TestCommandLine,
  ...options: readonly string[]
): Promise<GeneratedKey> {
  const args = ['keys', 'generate', '--account', ACCOUNT.id, '--name', 'Importer'];
  return clary.json([...args, '--permissions', 'documents:read', ...options]);
}

/** Writes a configuration file, with the account unless others are given. */
export function writeConfigFile(path: string, content: FileContent): Promise<void> {
  return writeFile(path, stringify({ accounts: [ACCOUNT], ...content }));
}
