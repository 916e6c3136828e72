import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiProcess } from './api-process.js';
import { until } from './pause.js';

/** Milliseconds for which a process may take no notice. */
const NOTICE = 5000;

/** Names the file that says by how much; a process moves its clock at SIGUSR2. */
const VARIABLE = 'MOVED_CLOCK';

/** What a process runs first. As when a clock is set: `Date` jumps, timers and `performance.now()` do not. */
const MODULE = `
import { readFileSync, writeFileSync } from 'node:fs';
const Real = Date;
const file = process.env.${VARIABLE};
let shift = 0;
globalThis.Date = class Date extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + shift);
    else super(...given);
  }
  static now() { return Real.now() + shift; }
  static [Symbol.hasInstance](value) { return value instanceof Real; }
};
process.on('SIGUSR2', () => {
  shift = Number(readFileSync(file, 'utf8'));
  writeFileSync(file + '.done', '');
});
`;

/** The clock of one process, as it sees it. */
export class MovedClock {
  /** Milliseconds by which it goes before the real one. */
  private shift = 0;

  private constructor(
    private readonly api: ApiProcess,
    private readonly file: string,
  ) {}

  /** What a process must be started with so that its clock can be moved. */
  static readonly nodeArguments = [
    '--import',
    `data:text/javascript,${encodeURIComponent(MODULE)}`,
  ];

  static variables(folder: string): Record<string, string> {
    return { [VARIABLE]: join(folder, 'clock') };
  }

  static of(api: ApiProcess, folder: string): MovedClock {
    return new MovedClock(api, join(folder, 'clock'));
  }

  /** Seconds since the epoch, as the process sees it. */
  get now(): number {
    return Math.floor((Date.now() + this.shift) / 1000);
  }

  /** Sets it so many seconds before the real one; 0 sets it right. */
  async set(seconds: number): Promise<void> {
    this.shift = seconds * 1000;
    await writeFile(this.file, String(this.shift));
    this.api.signal('SIGUSR2');
    await until('the clock is moved', NOTICE, () => existsSync(`${this.file}.done`));
    await rm(`${this.file}.done`);
  }
}
