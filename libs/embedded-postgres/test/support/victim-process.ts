import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import type { EmbeddedPostgresOptions } from '../../src/index.js';
import type { Sandbox } from './sandbox.js';

/** A line the victim wrote. */
export interface VictimEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

/** How a victim is started. */
export interface VictimOptions extends Omit<EmbeddedPostgresOptions, 'log'> {
  readonly mode?: 'write' | 'with-child' | 'end';
}

/** The user and the surroundings a victim gets. */
export interface VictimSurroundings {
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A process of its own that starts the database, for the tests to kill. */
export class Victim {
  readonly events: VictimEvent[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #stderr = '';

  constructor(sandbox: Sandbox, options: VictimOptions, surroundings: VictimSurroundings = {}) {
    this.#child = spawn(process.execPath, [sandbox.victim, JSON.stringify(options)], {
      ...surroundings,
      // A group of its own, as a shell gives to a command.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.exited = once(this.#child, 'close').then(([status]) => {
      this.#wake();
      return status as number | null;
    });
    if (!this.#child.stdout) throw new Error('the victim has no output');
    createInterface(this.#child.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as VictimEvent);
      this.#wake();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The first event of this name, now or later. */
  async event(name: string): Promise<VictimEvent> {
    for (;;) {
      const found = this.events.find(({ event }) => event === name);
      if (found) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        await this.exited;
        const late = this.events.find(({ event }) => event === name);
        if (late) return late;
        const told = JSON.stringify(this.events);
        throw new Error(`The victim ended without "${name}": ${told}\n${this.#stderr}`);
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** All the events of this name so far. */
  all(name: string): VictimEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Ready, or failed: whichever comes. */
  async outcome(): Promise<VictimEvent> {
    return Promise.any([this.event('ready'), this.event('failed')]);
  }

  /** kill -9, which leaves it no time for anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** What Ctrl-C does: a signal to the whole process group. */
  interruptGroup(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
