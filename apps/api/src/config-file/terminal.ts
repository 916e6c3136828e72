import { closeSync, openSync } from 'node:fs';

/** Whether this process has a terminal that controls it. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * What a SIGHUP means: that the terminal was closed, where there was one at start and is none now; else that the
 * configuration is to be read again.
 *
 * @param probe whether there is a terminal at this moment; asked once now, and once for each signal
 */
export function hangupMeaning(probe: () => boolean = hasTerminal): () => 'stop' | 'reload' {
  const hadTerminal = probe();
  return () => (hadTerminal && !probe() ? 'stop' : 'reload');
}
