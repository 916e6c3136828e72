import type { DesiredState } from '@clary/nestjs-auth';
import type { z } from 'zod';
import { configFileError } from './config-file.error.js';
import { configFile } from './config-file.schema.js';
import { toDesiredState } from './desired-state.mapping.js';
import { YamlSource, type Path, type Remark } from './yaml-source.js';

/** A configuration file that is well-formed. Whether it can be applied, only the database knows. */
export interface ParsedConfigFile {
  readonly source: YamlSource;
  readonly desired: DesiredState;
}

/**
 * Reads the text of a configuration file.
 *
 * @param file what the text is called
 * @throws ConfigError that says everything that is wrong, with line and column
 */
export function parseConfigFile(file: string, text: string): ParsedConfigFile {
  const source = read(file, () => new YamlSource(text));
  if (source.faults.length > 0) throw configFileError(file, source.faults);
  if (source.isEmpty)
    throw configFileError(file, [source.remark([], 'is empty: it needs a revision')]);
  const { data, error } = configFile.safeParse(read(file, () => source.toJs()));
  if (error !== undefined)
    throw configFileError(
      file,
      error.issues.flatMap((issue) => remarksOf(issue, source)),
    );
  return { source, desired: toDesiredState(data) };
}

/** The parser throws where aliases grow beyond measure, or where a text nests deeper than the stack. */
function read<Result>(file: string, step: () => Result): Result {
  try {
    return step();
  } catch {
    const message = 'nests too deep, or its aliases stand for too much';
    throw configFileError(file, [{ line: 1, column: 1, path: [], message }]);
  }
}

function remarksOf(issue: z.core.$ZodIssue, source: YamlSource): Remark[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => source.remark([...issue.path, key], 'is not known here'));
  const message = isMissing(issue.path, source) ? 'is missing' : issue.message;
  return [source.remark(issue.path, message)];
}

const isMissing = (path: Path, source: YamlSource): boolean => path.length > 0 && !source.has(path);
