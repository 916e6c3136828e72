import type { Kind } from './change.js';
import { kindsByApi } from './kinds-by-api.js';
import { kindsByCommand, kindsByFile, kindsBySql } from './kinds-by-operator.js';

/** Every way of changing what one key may do, whose others stay. */
export const kinds: readonly Kind[] = [
  ...kindsByApi,
  ...kindsByCommand,
  ...kindsByFile,
  ...kindsBySql,
];
