import { execFile } from 'node:child_process';

import type { ClusterUser } from './cluster-user.js';
import { EmbeddedPostgresError, systemCode } from './errors.js';

/** What a short command came to. `failure` is the system's code when it could not be run at all. */
export interface CommandResult {
  readonly succeeded: boolean;
  readonly failure: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of a child process that runs as the cluster's user. */
export interface RunAsOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * How a child process is run as the cluster's user. Node drops the supplementary groups itself when
 * a uid is given.
 */
export function runAs(user: ClusterUser | undefined): RunAsOptions {
  return {
    // The user may not be able to enter our working directory, and PostgreSQL asks for its name.
    cwd: '/',
    // Nothing of our own environment: it may hold secrets, and PG* variables would be obeyed.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
    ...(user && { uid: user.uid, gid: user.gid }),
  };
}

/** Runs a short command as the cluster's user and waits for it; throws `no_suitable_user`. */
export function runBriefly(
  command: string,
  args: readonly string[],
  user: ClusterUser | undefined,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const finish = (error: unknown, stdout: string, stderr: string) => {
      const failure = systemCode(error);
      if (user && (failure === 'EPERM' || failure === 'EINVAL')) reject(cannotBecome(user, error));
      else resolve({ succeeded: !error, failure, stdout, stderr });
    };
    try {
      execFile(command, args, { ...runAs(user), encoding: 'utf8', timeout: 20_000 }, finish);
    } catch (error) {
      // Some Node versions throw what others report.
      finish(error, '', '');
    }
  });
}

function cannotBecome(user: ClusterUser, cause: unknown): EmbeddedPostgresError {
  const message =
    `PostgreSQL refuses to run as root, and this process may not become uid ${user.uid}. ` +
    'Run this program as an ordinary user.';
  return new EmbeddedPostgresError('no_suitable_user', message, { cause });
}
