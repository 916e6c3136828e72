import { parseArgs } from 'node:util';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/scenario.js';

/** What a run is asked to do. */
export interface BenchOptions {
  readonly rounds: number;
  /** Length of each slice. */
  readonly seconds: number;
  readonly scenarios: readonly Scenario[];
  /** File for the figures of every round. */
  readonly json: string | undefined;
}

export const USAGE = `npm run bench -- [options]
  --rounds <n>      rounds of open, guarded, guarded, open a scenario (6)
  --seconds <n>     length of each slice (1)
  --only <name>     one scenario; may be given several times
  --json <file>     writes the figures of every round
Scenarios: ${scenarios.map(({ name }) => name).join(', ')}
DATABASE_URL names a PostgreSQL server to use instead of an embedded one.`;

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  });
  const rounds = positive('rounds', values.rounds);
  if (!Number.isInteger(rounds)) throw new RangeError('--rounds must be a whole number');
  return {
    rounds,
    seconds: positive('seconds', values.seconds),
    scenarios: choose(values.only),
    json: values.json,
  };
}

function choose(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return scenarios;
  const unknown = names.find((name) => scenarios.every((scenario) => scenario.name !== name));
  if (unknown !== undefined) throw new RangeError(`--only: there is no scenario "${unknown}"`);
  return scenarios.filter(({ name }) => names.includes(name));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new RangeError(`--${name} must be a positive number`);
  return value;
}
