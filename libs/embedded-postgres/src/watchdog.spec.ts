import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { isAlive } from './process-table.js';
import { startGuarded } from './watchdog.js';

const folder = mkdtempSync(join(tmpdir(), 'watchdog-'));
const log = join(folder, 'log');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function guard(script: string) {
  // Node keeps SIGINT's default, unlike a shell that was started in the background.
  return startGuarded({ command: process.execPath, args: ['-e', script], user: undefined, log });
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
    while (!readFileSync(log, 'utf8').includes('up')) await new Promise((go) => setTimeout(go, 10));
    guarded.letGo();
    expect(await guarded.ended).toBe('status 5');
    expect(pid !== undefined && isAlive(pid)).toBe(false);
  });

  it('reports a program that cannot be run', async () => {
    const missing = { command: join(folder, 'missing'), args: [], user: undefined, log };
    expect(await startGuarded(missing).ended).toBe('status 127');
  });
});
