import { resolve } from 'node:path';

import { EmbeddedPostgresError } from './errors.js';

/** How long a server is meant to run: as a service, or while a command works. */
export type Lease = 'long' | 'short';

/** What `startEmbeddedPostgres` wants to know. */
export interface EmbeddedPostgresOptions {
  /**
   * Folder of the cluster, for instance `<data folder>/postgres`; made, with its parents, when it
   * is missing. Relative paths count from the working directory.
   */
  readonly dataDir: string;

  /**
   * Database made on the first start and named in the url: 1 to 63 bytes, without
   * `; / ? : @ & = + $ , #`. Default `postgres`.
   */
  readonly database?: string | undefined;

  /**
   * What to do when a live server already runs on `dataDir`, after waiting briefly for one that is
   * going down: `refuse` (default) throws `already_running`, for a server of a short lease only when
   * it is still there after 45 s; `adopt` returns a handle on it whose `stop()` leaves it running
   * and which does not restart it either.
   */
  readonly whenRunning?: 'refuse' | 'adopt' | undefined;

  /**
   * How long the server is meant to run if it is started here: `long` (default) for a service;
   * `short` for a command of some seconds, whose `stop()` first waits up to 30 s for those who have
   * adopted the server meanwhile.
   */
  readonly lease?: Lease | undefined;

  /**
   * Gets each line worth telling an operator: a first start, a folder that was moved, a restart
   * after a crash. Never a secret. What it throws is passed over. Default: silent.
   */
  readonly log?: ((message: string) => void) | undefined;
}

/** The options with their defaults filled in and their forms checked. */
export interface Settings {
  readonly dataDir: string;
  readonly database: string;
  readonly whenRunning: 'refuse' | 'adopt';
  readonly lease: Lease;
  readonly log: (message: string) => void;
}

// PostgreSQL cuts longer names short without an error, and two names could become one.
const LONGEST_DATABASE_NAME = 63;

// node-postgres leaves these as they are escaped in a url, and would ask for another database.
const NEVER_UNESCAPED = /[;/?:@&=+$,#]/;

const WAYS: readonly unknown[] = ['refuse', 'adopt'];
const LEASES: readonly unknown[] = ['long', 'short'];

/** Checks the options and fills in the defaults; throws `invalid_options`. */
export function readOptions(options: EmbeddedPostgresOptions): Settings {
  const { dataDir, database = 'postgres', log = () => undefined } = options;
  const { whenRunning = 'refuse', lease = 'long' } = options;
  if (!isPath(dataDir)) {
    throw invalid('dataDir must be the path of a folder.');
  }
  if (!isDatabaseName(database)) {
    throw invalid('database must be a name of 1 to 63 bytes without any of ; / ? : @ & = + $ , #');
  }
  if (!WAYS.includes(whenRunning)) {
    throw invalid("whenRunning must be 'refuse' or 'adopt'.");
  }
  if (!LEASES.includes(lease)) {
    throw invalid("lease must be 'long' or 'short'.");
  }
  return { dataDir: resolve(dataDir), database, whenRunning, lease, log: harmless(log) };
}

// These take anything, since a caller in JavaScript can give anything.
function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/[\0\r\n]/.test(value);
}

function isDatabaseName(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return false;
  if (NEVER_UNESCAPED.test(value)) return false;
  return Buffer.byteLength(value) <= LONGEST_DATABASE_NAME;
}

/** A log that throws must not take the database along, nor the process it runs in. */
function harmless(log: (message: string) => void): (message: string) => void {
  return (message) => {
    try {
      log(message);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function invalid(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('invalid_options', message);
}
