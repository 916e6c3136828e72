import { execFileSync } from 'node:child_process';

/** Process ids of everything that names this folder on its command line: servers, watchdogs, initdb. */
export function processesOn(folder: string): number[] {
  const list = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').flatMap((line) => {
    const isOfDatabase = /postgres|initdb|watchdog/.test(line) && !line.includes('victim.js');
    return isOfDatabase && line.includes(folder) ? [Number.parseInt(line, 10)] : [];
  });
}

/** One column of a process's line in the process table. */
export function processColumn(pid: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** Waits until something holds; the test's own time limit is the only one. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** Waits until no process of a database on this folder is left. */
export function untilGone(folder: string): Promise<void> {
  return eventually(() => processesOn(folder).length === 0);
}
