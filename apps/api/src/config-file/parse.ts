import type { DesiredState } from '@clary/nestjs-auth';
import type { z } from 'zod';
import { configFileError } from './config-file.error.js';
import { configFile } from './config-file.schema.js';
import { toDesiredState } from './desired-state.mapping.js';
import { nestsDeeperThan } from './yaml-depth.js';
import { YamlSource, type Path, type Remark } from './yaml-source.js';

/** A configuration file that is well-formed. Whether it can be applied, only the database knows. */
export interface ParsedConfigFile {
  readonly source: YamlSource;
  readonly desired: DesiredState;
}

/** Levels. Metadata may have 64. */
const MAX_DEPTH = 100;

/** Characters: some ten thousand keys. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** More than are told, so that the first of them come first. */
const MAX_ISSUES = 200;

const TOO_LONG: Remark = {
  line: 1,
  column: 1,
  path: [],
  message: `must not have more than ${MAX_LENGTH} characters`,
};

const TOO_MUCH: Remark = {
  line: 1,
  column: 1,
  path: [],
  message: 'nests too deep, or has aliases that stand for nothing, for themselves or for too much',
};

/**
 * Reads the text of a configuration file.
 *
 * @param file what the text is called
 * @throws ConfigError that says everything that is wrong, with line and column
 */
export function parseConfigFile(file: string, text: string): ParsedConfigFile {
  if (text.length > MAX_LENGTH) throw configFileError(file, [TOO_LONG]);
  if (nestsDeeperThan(MAX_DEPTH, text)) throw configFileError(file, [TOO_MUCH]);
  const source = new YamlSource(text);
  if (source.faults.length > 0) throw configFileError(file, source.faults);
  if (source.isEmpty)
    throw configFileError(file, [source.remark([], 'is empty: it needs a revision')]);
  const { data, error } = check(file, source);
  if (error !== undefined) {
    const remarks = error.issues.slice(0, MAX_ISSUES).flatMap((issue) => remarksOf(issue, source));
    throw configFileError(file, remarks);
  }
  return { source, desired: toDesiredState(data) };
}

/** What is read throws where an alias stands for nothing, for itself, or for too much. */
function check(file: string, source: YamlSource): z.ZodSafeParseResult<z.infer<typeof configFile>> {
  try {
    return configFile.safeParse(source.toJs());
  } catch {
    throw configFileError(file, [TOO_MUCH]);
  }
}

function remarksOf(issue: z.core.$ZodIssue, source: YamlSource): Remark[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, MAX_ISSUES)
      .map((key) => source.remark([...issue.path, key], 'is not known here'));
  const message = isMissing(issue.path, source) ? 'is missing' : issue.message;
  return [source.remark(issue.path, message)];
}

const isMissing = (path: Path, source: YamlSource): boolean => path.length > 0 && !source.has(path);
