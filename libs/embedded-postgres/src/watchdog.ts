import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';

import type { ClusterUser } from './cluster-user.js';
import { EmbeddedPostgresError, reasonOf } from './errors.js';
import { runAs } from './run-as.js';

/**
 * Runs a program as its child and stops it when descriptor 3 ends, which happens whichever way the
 * process at the other end dies. It ends with the program's own status.
 *
 * - The program does not inherit descriptor 3, nor a terminal.
 * - Signals are ignored only after the program was started, which would inherit that; PIPE because
 *   the first line can find that nobody reads any more, the others because a service manager may
 *   signal every process there is, and the program is to live until the line ends.
 * - The guard is a shell of its own, since only the parent can wait for the program.
 */
const SCRIPT = `
umask 077
log=$1
patience=$2
shift 2
"$@" </dev/null >>"$log" 2>&1 3<&- &
program=$!
(
  trap '' PIPE HUP INT TERM
  read -r nothing <&3
  kill -INT "$program"
  for stronger in QUIT KILL; do
    tenths=0
    while [ "$tenths" -lt "$patience" ]; do
      kill -0 "$program" 2>/dev/null || exit 0
      sleep 0.1 3<&-
      tenths=$((tenths + 1))
    done
    kill -"$stronger" "$program"
  done
) &
guard=$!
trap '' PIPE HUP INT TERM
echo "$program" >&3
exec 3<&-
wait "$program"
status=$?
kill -KILL "$guard" 2>/dev/null
wait "$guard" 2>/dev/null
exit "$status"
`;

const PATIENCE_TENTHS = 100;

/** What a watchdog is to run. */
export interface GuardedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: ClusterUser | undefined;
  /** File that gets what the program writes; made with mode 0600. */
  readonly log: string;
  readonly env?: Record<string, string>;
  /** Tenths of a second before each stronger signal; 10 s by default. */
  readonly patienceTenths?: number;
}

/** A program that does not outlive this process. */
export interface Guarded {
  /** Process id of the program; undefined when the watchdog ended before it could say. */
  readonly pid: Promise<number | undefined>;
  /** Settles when the watchdog is gone: `status 0`, `status 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Settles when nobody listens any more at the watchdog's end, or `letGo` was called. */
  readonly lineEnded: Promise<void>;
  /** Has the program stopped: SIGINT, SIGQUIT after 10 s, SIGKILL after 10 s more. */
  letGo(): void;
  /** Whether waiting for it keeps this process alive, as it does at first. */
  keepAlive(keeps: boolean): void;
}

/**
 * Starts a program under a watchdog of its own, in a session that no terminal's signal reaches.
 * Throws `start_failed` when the system has no room for another process or file.
 */
export function startGuarded(program: GuardedProgram): Guarded {
  const child = spawnWatchdog(program);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('exit', (status, signal) =>
      resolve(signal ? `signal ${signal}` : `status ${status}`),
    );
    // Listened to for ever and before anything else: an error nobody hears ends the process.
    child.on('error', (error) => reject(failed(reasonOf(error))));
  });
  // Whoever waits gets the error; until then it must not end the process.
  ended.catch(() => undefined);
  const line = lineTo(child);
  // The other end breaking is told by the exit that follows.
  line.on('error', () => undefined);
  return {
    pid: firstNumber(line),
    ended,
    lineEnded: new Promise((resolve) => line.once('close', () => resolve())),
    letGo: () => line.destroy(),
    keepAlive: (keeps) => {
      if (keeps) child.ref();
      else child.unref();
      setReference(line, keeps);
    },
  };
}

function spawnWatchdog(program: GuardedProgram): ChildProcess {
  const patience = String(program.patienceTenths ?? PATIENCE_TENTHS);
  const args = ['-c', SCRIPT, 'watchdog', program.log, patience, program.command, ...program.args];
  const surroundings = runAs(program.user);
  try {
    return spawn('/bin/sh', args, {
      ...surroundings,
      env: { ...surroundings.env, ...program.env },
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw failed(reasonOf(error));
  }
}

/** Node makes no streams at all, whatever its types say, when it ran out of file descriptors. */
function lineTo(child: ChildProcess): Duplex {
  const streams: ChildProcess['stdio'] | undefined = child.stdio;
  const line = (streams as ChildProcess['stdio'] | undefined)?.[3];
  if (line instanceof Duplex) return line;
  throw failed('there is no line to its watchdog, for want of file descriptors');
}

function firstNumber(line: Duplex): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = '';
    line.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\n')) resolve(Number.parseInt(text, 10));
    });
    line.once('close', () => resolve(undefined));
  });
}

function setReference(line: Duplex, keeps: boolean): void {
  const method = keeps ? 'ref' : 'unref';
  if (method in line) (line as unknown as Record<typeof method, () => void>)[method]();
}

function failed(reason: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('start_failed', `PostgreSQL could not be started: ${reason}.`);
}
