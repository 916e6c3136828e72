import { join } from 'node:path';

import { copyForUser } from './binaries-copy.js';
import type { ClusterUser } from './cluster-user.js';
import { EmbeddedPostgresError } from './errors.js';
import type { InstalledBinaries } from './installed-binaries.js';
import { areLinksWhole } from './library-links.js';
import { runBriefly } from './run-as.js';

/** PostgreSQL's programs, known to run as the cluster's user. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, for instance 18. */
  readonly majorVersion: number;
}

/**
 * Makes the binaries run as the cluster's user: restores missing library links, and takes a copy
 * elsewhere when that user cannot reach them or the links cannot be made.
 */
export async function prepareBinaries(
  installed: InstalledBinaries,
  user: ClusterUser | undefined,
  log: (message: string) => void,
): Promise<Binaries> {
  if (await areLinksWhole(installed.native)) {
    const binaries = await tryBinaries(installed.native, user);
    if (binaries) return binaries;
  }
  const copy = await copyForUser(installed, log);
  const binaries = (await areLinksWhole(copy)) && (await tryBinaries(copy, user));
  if (binaries) return binaries;
  const message = `The PostgreSQL programs in ${installed.native} and in ${copy} cannot be run.`;
  throw new EmbeddedPostgresError('start_failed', message);
}

/** Asks the server for its version, which proves that it can be reached and finds its libraries. */
async function tryBinaries(
  native: string,
  user: ClusterUser | undefined,
): Promise<Binaries | undefined> {
  const postgres = join(native, 'bin', 'postgres');
  const answer = await runBriefly(postgres, ['--version'], user);
  const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(answer.stdout)?.[1]);
  if (answer.succeeded && majorVersion > 0) {
    return { initdb: join(native, 'bin', 'initdb'), postgres, majorVersion };
  }
  const isOutOfReach =
    answer.failure === 'EACCES' ||
    answer.failure === 'ENOENT' ||
    answer.stderr.includes('Permission denied');
  if (isOutOfReach) return undefined;
  const why = answer.stderr.trim().split('\n')[0] || answer.failure || 'no answer';
  throw new EmbeddedPostgresError('start_failed', `${postgres} does not run here: ${why}`);
}
