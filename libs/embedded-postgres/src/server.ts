import type { Binaries } from './binaries.js';
import type { ClusterUser } from './cluster-user.js';
import { EmbeddedPostgresError } from './errors.js';
import { pause } from './pause.js';
import { readPostmasterFile } from './postmaster-file.js';
import { isAlive, isPostgresOn } from './process-table.js';
import { lastLines, logSize, serverLogIn } from './server-log.js';
import { type Guarded, startGuarded } from './watchdog.js';

/** All a server needs but its port. */
export interface ServerPlan {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly user: ClusterUser | undefined;
  readonly log: (message: string) => void;
}

/** A PostgreSQL that takes connections. */
export interface Server {
  readonly pid: number;
  /** Settles when postgres and its watchdog are gone, with the status it ended with. */
  readonly ended: Promise<string>;
  /** Has it shut down in order; `ended` tells when. */
  letGo(): void;
  keepAlive(keeps: boolean): void;
}

/** Why a server did not come up, as far as trying again in another way may help. */
export type LaunchFailure = 'port_taken' | 'old_processes' | 'other';

/** A server that ended before it was ready. */
export class LaunchError extends EmbeddedPostgresError {
  constructor(
    readonly failure: LaunchFailure,
    message: string,
  ) {
    super('start_failed', message);
  }
}

const POLL_MS = 20;
const REPORT_EVERY_MS = 10_000;
// Going through the journal after a crash takes minutes at worst, and must not be cut off.
const START_LIMIT_MS = 10 * 60 * 1000;

/** Starts PostgreSQL on a port and waits until it is ready; throws LaunchError. */
export async function launchServer(
  plan: ServerPlan,
  port: number,
  stop?: AbortSignal,
): Promise<Server> {
  const log = serverLogIn(plan.folder);
  const logStart = await logSize(log);
  const guarded = startGuarded({
    command: plan.binaries.postgres,
    args: serverArguments(plan.folder, port),
    user: plan.user,
    log,
    env: await lockFileHint(plan.folder),
  });
  const pid = await readyPid(guarded, plan, stop);
  if (pid === undefined) {
    const status = await guarded.ended;
    throw launchError(plan.folder, status, await lastLines(log, logStart));
  }
  return {
    pid,
    ended: completeEnd(guarded, pid, plan.folder),
    letGo: () => guarded.letGo(),
    keepAlive: (keeps) => guarded.keepAlive(keeps),
  };
}

/** The settings that nobody may change; all others are in the cluster's postgresql.conf. */
export function serverArguments(folder: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'on',
    full_page_writes: 'on',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return ['-D', folder, ...pairs.flatMap((pair) => ['-c', pair])];
}

/** Reads what the log's last lines say about a server that did not come up. */
export function launchFailure(lines: string): LaunchFailure {
  if (/could not create any TCP\/IP sockets|could not bind /.test(lines)) return 'port_taken';
  return lines.includes('pre-existing shared memory block') ? 'old_processes' : 'other';
}

/**
 * A crash leaves `postmaster.pid` behind, and PostgreSQL believes it while any process of ours has
 * that id, which is likely in a container, where ids are small. This is the variable by which
 * pg_ctl names a process that is known to be no server; the file itself stays untouched.
 */
async function lockFileHint(folder: string): Promise<Record<string, string>> {
  const record = await readPostmasterFile(folder);
  if (!record || !isAlive(record.pid) || (await isPostgresOn(record.pid, folder))) return {};
  return { PG_GRANDPARENT_PID: String(record.pid) };
}

interface End {
  readonly happened: boolean;
}

function watchEnd(guarded: Guarded): End {
  const end = { happened: false };
  const happen = () => void (end.happened = true);
  guarded.ended.then(happen, happen);
  return end;
}

/** The server's process id once it is ready; undefined, or an error, for one that was let go. */
async function readyPid(
  guarded: Guarded,
  plan: ServerPlan,
  stop?: AbortSignal,
): Promise<number | undefined> {
  let isReady = false;
  try {
    const end = watchEnd(guarded);
    const pid = await Promise.race([guarded.pid, guarded.ended.then(() => undefined)]);
    isReady = pid !== undefined && (await becomesReady(pid, plan, end, stop));
    return isReady ? pid : undefined;
  } finally {
    // Nobody else knows of it, and it would run for as long as this process.
    if (!isReady) guarded.letGo();
  }
}

async function becomesReady(
  pid: number,
  plan: ServerPlan,
  end: End,
  stop?: AbortSignal,
): Promise<boolean> {
  const start = Date.now();
  for (let reports = 1; !end.happened && !stop?.aborted;) {
    const record = await readPostmasterFile(plan.folder);
    if (record?.pid === pid && record.status === 'ready') return true;
    const waited = Date.now() - start;
    if (waited > START_LIMIT_MS) return false;
    if (waited > reports * REPORT_EVERY_MS) {
      reports++;
      plan.log(`PostgreSQL is still starting after ${Math.round(waited / 1000)} s.`);
    }
    await pause(POLL_MS);
  }
  return false;
}

/** Should the watchdog or its guard be killed, the server goes too: unguarded it may be orphaned. */
async function completeEnd(guarded: Guarded, pid: number, folder: string): Promise<string> {
  void guarded.lineEnded.then(() => interrupt(pid, folder));
  const status = await guarded.ended;
  guarded.letGo();
  while (await isPostgresOn(pid, folder)) await pause(POLL_MS);
  return status;
}

async function interrupt(pid: number, folder: string): Promise<void> {
  if (!(await isPostgresOn(pid, folder))) return;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It ended by itself in between.
  }
}

function launchError(folder: string, status: string, lines: string): LaunchError {
  const quoted = lines === '' ? ` Its log is ${serverLogIn(folder)}.` : `\n${lines}`;
  const message = `PostgreSQL on ${folder} ended before it was ready (${status}).${quoted}`;
  return new LaunchError(launchFailure(lines), message);
}
