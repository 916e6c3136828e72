import { closeSync, openSync, readFileSync } from 'node:fs';

/** SIGHUP is signal 1: the lowest bit of a mask. */
const SIGHUP_BIT = 1;

/** Whether this process has a terminal that controls it. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Closes standard streams of a terminal that is gone: Node would want to put it in order at its exit, and abort. */
export function letGoOfTerminal(): void {
  for (const stream of [0, 1, 2]) {
    try {
      closeSync(stream);
    } catch {
      // It was closed already.
    }
  }
}

/** Whether this process was started so that it outlives its terminal, as `nohup` does. Known on Linux alone. */
export function ignoresHangup(): boolean {
  try {
    const [, ignored] =
      /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return (Number.parseInt(ignored?.slice(-1) ?? '0', 16) & SIGHUP_BIT) !== 0;
  } catch {
    return false;
  }
}

/**
 * What a SIGHUP means: that the terminal was closed, where there was one at start and is none now; else that the
 * configuration is to be read again.
 *
 * @param probe whether there is a terminal at this moment; asked once now, and once for each signal
 * @param isDetached whether the process is to outlive its terminal. Ask before anything listens for the signal
 */
export function hangupMeaning(
  probe: () => boolean = hasTerminal,
  isDetached = ignoresHangup(),
): () => 'stop' | 'reload' {
  const isTied = probe() && !isDetached;
  return () => (isTied && !probe() ? 'stop' : 'reload');
}
