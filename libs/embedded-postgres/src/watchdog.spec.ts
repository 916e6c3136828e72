import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { pause } from './pause.js';
import { isAlive } from './process-table.js';
import { startGuarded } from './watchdog.js';

const folder = mkdtempSync(join(tmpdir(), 'watchdog-'));
const log = join(folder, 'log');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function guard(script: string, patienceTenths?: number) {
  return startGuarded({
    // Node keeps SIGINT's default, unlike a shell that was started in the background.
    command: process.execPath,
    args: ['-e', script],
    user: undefined,
    log,
    ...(patienceTenths !== undefined && { patienceTenths }),
  });
}

/** The watchdog and its guard, which are of one process group with the program. */
function shellsOf(program: number): number[] {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' });
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/));
  const group = rows.find(([pid]) => pid === String(program))?.[1];
  const isShell = (row: string[]) => row[1] === group && row[2] === '/bin/sh';
  return rows.filter(isShell).map(([pid]) => Number(pid));
}

async function said(word: string): Promise<void> {
  while (!readFileSync(log, 'utf8').includes(word)) await pause(10);
}

describe('a watchdog', () => {
  it("ends with the program's own status and keeps what it wrote", async () => {
    const guarded = guard('console.log("said"); process.exitCode = 7');
    expect(await guarded.ended).toBe('status 7');
    expect(readFileSync(log, 'utf8')).toBe('said\n');
  });

  it('interrupts the program when the line ends', async () => {
    const script =
      'process.on("SIGINT", () => process.exit(5)); console.log("up"); setInterval(() => 1, 1e6)';
    const guarded = guard(script);
    const pid = await guarded.pid;
    expect(pid !== undefined && isAlive(pid)).toBe(true);
    await said('up');
    guarded.letGo();
    expect(await guarded.ended).toBe('status 5');
    expect(pid !== undefined && isAlive(pid)).toBe(false);
  });

  it.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
    'keeps its guard when each shell of it gets a %s',
    async (signal) => {
      const guarded = guard(`console.log('running until ${signal}'); setInterval(() => 1, 1e6)`);
      const pid = await guarded.pid;
      // Until then the program is a copy of the shell itself.
      await said(`running until ${signal}`);
      const shells = shellsOf(pid ?? 0);
      expect(shells).toHaveLength(2);
      for (const shell of shells) process.kill(shell, signal);
      await pause(100);
      expect(shellsOf(pid ?? 0)).toEqual(shells);
      guarded.letGo();
      expect(await guarded.ended).toBe('status 130');
    },
  );

  it.each([
    ['SIGQUIT', 'process.on("SIGINT", () => 1)', 'status 131'],
    ['SIGKILL', 'for (const s of ["SIGINT", "SIGQUIT"]) process.on(s, () => 1)', 'status 137'],
  ])('goes on to %s when a weaker signal is not obeyed', async (signal, ignore, expected) => {
    const script = `${ignore}; console.log("deaf to ${signal}"); setInterval(() => 1, 1e6)`;
    const guarded = guard(script, 2);
    await said(`deaf to ${signal}`);
    guarded.letGo();
    expect(await guarded.ended).toBe(expected);
  });

  it('reports a program that cannot be run', async () => {
    const missing = { command: join(folder, 'missing'), args: [], user: undefined, log };
    expect(await startGuarded(missing).ended).toBe('status 127');
  });
});
