import { statSync } from 'node:fs';
import { configProblems } from '../../config/environment.js';
import { SECRET_VARIABLES, type Variables } from '../../config/secret-files.js';
import { failed, ok, type Finding } from './check.js';

const OPEN_TO_OTHERS = 0o007;

/** All variables that the API would refuse, and files of secrets that others may read. */
export function checkVariables(variables: Variables): Finding {
  const problems = [...configProblems(variables), ...SECRET_VARIABLES.flatMap(openFile(variables))];
  if (problems.length === 0) return ok('as the API reads them');
  return failed(problems.join(' '), 'Correct them; README.md says what each may be.');
}

const openFile =
  (variables: Variables) =>
  (name: string): string[] => {
    const file = variables[`${name}_FILE`];
    if (file === undefined || file === '') return [];
    const found = statSync(file, { throwIfNoEntry: false });
    const isOpen = found !== undefined && (found.mode & OPEN_TO_OTHERS) !== 0;
    return isOpen ? [`${name}_FILE: every user of this machine may read ${file}.`] : [];
  };
