import { judge, NOBODY, type Presented } from './oracle.js';
import type { Change, State } from './states.js';

export interface Commit {
  readonly change: Change;
  readonly at: number;
  /** Whether this process was told of it. */
  told: boolean;
}

/** A question on its way: the snapshot is taken later, and the answer arrives later still. */
export interface Question {
  readonly asked: number;
  snapshot: number | null;
}

/** A request that was answered, and what was so when it began. */
export interface Answered {
  readonly presented: Presented;
  readonly answer: string;
  /** Indices of the states that it may have been judged by. */
  readonly states: readonly [number, number];
  /** The same, for the answer that nobody is known by that credential. */
  readonly statesUnknown: readonly [number, number];
  readonly mayBeUnavailable: boolean;
  readonly times: readonly [number, number];
}

/** Everything that was answered as it must not have been, in words. */
export function violationsOf(
  answered: readonly Answered[],
  states: readonly State[],
  commits: readonly Commit[],
): string[] {
  return answered.flatMap((one) => {
    if (one.answer === 'unavailable') return one.mayBeUnavailable ? [] : [tellOf(one, [], commits)];
    const [from, to] = one.answer === NOBODY ? one.statesUnknown : one.states;
    const possible = states
      .slice(from, to + 1)
      .flatMap((state) => one.times.flatMap((now) => judge(state, one.presented, now)));
    return possible.includes(one.answer) ? [] : [tellOf(one, possible, commits)];
  });
}

function tellOf(
  { presented, answer, states, times }: Answered,
  possible: readonly string[],
  commits: readonly Commit[],
): string {
  const changes = commits.map(({ change, at, told }) =>
    JSON.stringify({ ...change, at: times[0] - at, told }),
  );
  const { way, key, ip } = presented;
  return `${way} ${key} from ${ip}: ${answer}, not ${possible.join(' or ')}; states ${states.join('-')} of ${changes.join(' ')}`;
}
