import { readFileSync } from 'node:fs';
import { ConfigError } from './config.error.js';

/** Variables whose value may come from a file instead, named by `<NAME>_FILE`. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_LISTEN_URL',
  'REDIS_URL',
  'CLARY_MASTER_KEYS',
];

/** An environment: names and values, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables with every `<NAME>_FILE` of a secret replaced by `<NAME>`, without empty ones: compose files and unit
 * files pass an unset variable on as an empty one.
 *
 * @param names the secrets; by default those of the API's start
 * @throws ConfigError that names the variable
 */
export function resolveSecretFiles(
  variables: Variables,
  names: readonly string[] = SECRET_VARIABLES,
): Variables {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  for (const name of names) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined)
      throw new ConfigError(`${name} and ${name}_FILE are both set: keep one of them.`);
    given[name] = readSecret(`${name}_FILE`, file);
  }
  return given;
}

function readSecret(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${variable}: the file cannot be read (${code ?? 'unknown error'}).`);
  }
}
