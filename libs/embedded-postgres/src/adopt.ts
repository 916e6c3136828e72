import { claimServer } from './claim.js';
import { ensureDatabase } from './database.js';
import { EmbeddedPostgresError, reasonOf } from './errors.js';
import type { EmbeddedPostgres } from './handle.js';
import type { Settings } from './options.js';
import { databaseUrl, readPassword } from './password.js';
import { pause } from './pause.js';
import type { PostmasterRecord } from './postmaster-file.js';
import {
  findLastingServer,
  findServer,
  isStaying,
  supervisorOf,
  waitForServer,
} from './running-server.js';

const POLL_MS = 50;

/**
 * Deals with the server that runs on a folder, in the way the settings ask for: a handle on it, or
 * undefined once there is none. Throws `already_running` where it stays and is not to be adopted.
 *
 * @param deadline until when a server that goes away is waited for, in epoch milliseconds
 */
export async function meetRunningServer(
  folder: string,
  settings: Settings,
  deadline: number,
): Promise<EmbeddedPostgres | undefined> {
  for (;;) {
    const server = await findLastingServer(folder);
    if (!server) return undefined;
    if (settings.whenRunning === 'refuse') {
      await waitForShortLease(server, folder, deadline, settings.log);
    } else {
      const adopted = await adopt(folder, settings);
      if (adopted) return adopted;
      if (Date.now() > deadline) throw alreadyRunning(folder, server.pid);
    }
  }
}

/** A handle on the running server; undefined when it went away meanwhile. */
async function adopt(folder: string, settings: Settings): Promise<EmbeddedPostgres | undefined> {
  const server = await waitForServer(folder);
  if (!server) return undefined;
  const password = await readPassword(folder);
  try {
    const claim = await claimServer(server.port, password);
    try {
      await ensureDatabase(server.port, password, settings.database);
    } catch (error) {
      await claim.release();
      throw error;
    }
    return {
      url: databaseUrl(server.port, password, settings.database),
      dataDir: folder,
      pid: server.pid,
      adopted: true,
      stop: () => claim.release(),
    };
  } catch (error) {
    if (!(await isStaying(server, folder))) return undefined;
    throw unusableServer(server, folder, error);
  }
}

async function waitForShortLease(
  server: PostmasterRecord,
  folder: string,
  deadline: number,
  log: (message: string) => void,
): Promise<void> {
  const state = await supervisorOf(server, folder);
  if (state?.lease !== 'short') {
    // It may have ended while it was asked.
    if (await findServer(folder)) throw alreadyRunning(folder, server.pid);
    return;
  }
  log(`Waiting for a command (process ${state.supervisor}) that uses ${folder} to be done.`);
  while ((await findServer(folder))?.pid === server.pid) {
    if (Date.now() > deadline) throw alreadyRunning(folder, server.pid);
    await pause(POLL_MS);
  }
}

function alreadyRunning(folder: string, pid: number): EmbeddedPostgresError {
  const message =
    `A PostgreSQL server (process ${pid}) already runs on ${folder}: ` +
    'stop the program that started it, or choose another folder.';
  return new EmbeddedPostgresError('already_running', message);
}

function unusableServer(
  { pid }: PostmasterRecord,
  folder: string,
  error: unknown,
): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const message = `The server (process ${pid}) on ${folder} cannot be used: ${reasonOf(error)}.`;
  return new EmbeddedPostgresError('start_failed', message, { cause: error });
}
