import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/api/dist/main.js', import.meta.url));

/** Characters of a text that a snapshot shows; V8's own limit cuts after 1,024. */
const TEXT_LIMIT = 1_000_000;

const SNAPSHOT_FLAGS = [
  '--heapsnapshot-signal=SIGUSR2',
  `--heap-snapshot-string-limit=${TEXT_LIMIT}`,
];

/** The compiled API in a process of its own, into whose heap can be looked. Build it before. */
export class InspectedProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  /** @param variables environment, beside a free port and a folder for data */
  static async start(variables: Record<string, string>): Promise<InspectedProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'clary-process-'));
    const flags = [...SNAPSHOT_FLAGS, `--diagnostic-dir=${folder}`];
    const child = spawn(process.execPath, [...flags, MAIN], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) {
      const { url } = JSON.parse(line) as { readonly url?: string };
      if (url === undefined) continue;
      child.stdout.resume();
      return new InspectedProcess(child, folder, url);
    }
    throw new Error('The API ended before it was ready');
  }

  /** Every text in its heap, once everything is collected that nobody holds. */
  async textsInHeap(): Promise<string[]> {
    this.child.kill('SIGUSR2');
    for (;;) {
      await sleep(200);
      const name = (await readdir(this.folder)).find((file) => file.endsWith('.heapsnapshot'));
      if (name === undefined) continue;
      const path = join(this.folder, name);
      const text = await readFile(path, 'utf8');
      // It is complete with its last bracket.
      if (!text.trimEnd().endsWith('}')) continue;
      await rm(path);
      return (JSON.parse(text) as { readonly strings: string[] }).strings;
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
