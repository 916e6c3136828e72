import { resolveSecretFiles } from '../../config/secret-files.js';
import { UsageError } from '../command.errors.js';
import type { CommandIo } from '../output.js';

/** A variable, or `<NAME>_FILE`, that a credential may come in. Arguments are visible to every user of the machine. */
type CredentialVariable = 'CLARY_TOKEN' | 'CLARY_API_KEY';

/**
 * A credential from one of the variables.
 *
 * @returns undefined where it is not set
 * @throws ConfigError when its file cannot be read
 */
export function credentialVariable(
  { variables }: CommandIo,
  name: CredentialVariable,
): string | undefined {
  return resolveSecretFiles(variables, [name])[name];
}

/**
 * All that stands on stdin, without the line break at its end; nothing where it is a terminal, which would show a secret.
 */
export async function credentialOnStdin({ stdin }: CommandIo): Promise<string> {
  if (stdin.isTTY === true) return '';
  let text = '';
  for await (const chunk of stdin) text += chunk.toString();
  return text.replace(/\r?\n$/, '');
}

/** @throws UsageError where there is no credential */
export function requireGiven(credential: string, sentence: string): string {
  if (credential === '') throw new UsageError(sentence);
  return credential;
}
