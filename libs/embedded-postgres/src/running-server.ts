import { pause } from './pause.js';
import { type PostmasterRecord, readPostmasterFile } from './postmaster-file.js';
import { isPostgresOn, parentOf } from './process-table.js';
import { readState, type ServerState } from './server-state.js';

const POLL_MS = 50;
const DYING_MS = 5_000;
// A server that is going down is killed by its watchdog after 20 s at the latest.
const STOPPING_MS = 25_000;
const READY_MS = 60_000;

/** The server that runs on a folder, or undefined. A `postmaster.pid` alone is no server. */
export async function findServer(folder: string): Promise<PostmasterRecord | undefined> {
  const record = await readPostmasterFile(folder);
  return record && (await isPostgresOn(record.pid, folder)) ? record : undefined;
}

/**
 * The server that stays on a folder, or undefined. One whose supervisor has died is about to be
 * stopped by its watchdog, and is given the time to go.
 */
export async function findLastingServer(folder: string): Promise<PostmasterRecord | undefined> {
  for (const start = Date.now(); ;) {
    const server = await findServer(folder);
    if (!server) return undefined;
    const isStopping = server.status === 'stopping';
    if (!isStopping && (await supervisorOf(server, folder))) return server;
    if (Date.now() - start > (isStopping ? STOPPING_MS : DYING_MS)) return server;
    await pause(POLL_MS);
  }
}

/** Waits until a server that is starting takes connections; undefined when it went away instead. */
export async function waitForServer(folder: string): Promise<PostmasterRecord | undefined> {
  for (const start = Date.now(); Date.now() - start < READY_MS;) {
    const server = await findServer(folder);
    if (!server || server.status === 'ready') return server;
    await pause(POLL_MS);
  }
  return undefined;
}

/** True while this very server is there and takes new sessions, or soon will. */
export async function isStaying({ pid }: PostmasterRecord, folder: string): Promise<boolean> {
  const server = await findServer(folder);
  return server?.pid === pid && server.status !== 'stopping';
}

/**
 * What the living supervisor of a server wrote down; undefined for a server without one. A server's
 * parent is its watchdog, and the watchdog's parent the supervisor, while that lives.
 */
export async function supervisorOf(
  { pid }: PostmasterRecord,
  folder: string,
): Promise<ServerState | undefined> {
  const watchdog = await parentOf(pid);
  const supervisor = watchdog === undefined ? undefined : await parentOf(watchdog);
  const state = await readState(folder);
  return supervisor !== undefined && supervisor === state?.supervisor ? state : undefined;
}
