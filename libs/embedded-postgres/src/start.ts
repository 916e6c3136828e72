import { prepareBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { placeClusterFolder } from './cluster-folder.js';
import { ensureDatabase } from './database.js';
import { EmbeddedPostgresError, usingFolder } from './errors.js';
import type { EmbeddedPostgres } from './handle.js';
import { findInstalledBinaries } from './installed-binaries.js';
import { type EmbeddedPostgresOptions, readOptions, type Settings } from './options.js';
import { databaseUrl, readPassword } from './password.js';
import { pause } from './pause.js';
import { choosePort } from './port.js';
import { findLastingServer, findServer, waitForServer } from './running-server.js';
import { LaunchError, launchServer, type Server, type ServerPlan } from './server.js';
import { readState, writeState } from './server-state.js';
import { Supervisor } from './supervisor.js';

const MOST_ROUNDS = 3;
const MOST_LAUNCHES = 20;
const OLD_PROCESSES_MS = 250;

/**
 * Starts PostgreSQL on a folder, makes the cluster and the database on the first start, and keeps
 * the server running until `stop()` is called or this process ends, in whichever way it ends. The
 * server alone does not keep this process alive.
 *
 * Takes a few seconds the first time and well below one afterwards. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const settings = readOptions(options);
  const { log } = settings;
  const installed = await findInstalledBinaries();
  const place = await placeClusterFolder(settings.dataDir, log);
  const binaries = await prepareBinaries(installed, place.user, log);
  const plan: ServerPlan = { binaries, folder: place.path, user: place.user, log };
  return usingFolder(plan.folder, () => startOrAdopt(plan, settings));
}

/** Another start, or the end of another server, may come between any two steps. */
async function startOrAdopt(plan: ServerPlan, settings: Settings): Promise<EmbeddedPostgres> {
  for (let round = 1; ; round++) {
    const running = await handleRunning(plan.folder, settings);
    if (running) return running;
    try {
      return await startNew(plan, settings);
    } catch (error) {
      // PostgreSQL itself lets one server onto a folder: the slower of two ends with an error.
      const isOvertaken = error instanceof LaunchError && (await findServer(plan.folder));
      if (!isOvertaken || round === MOST_ROUNDS) throw error;
    }
  }
}

async function handleRunning(
  folder: string,
  settings: Settings,
): Promise<EmbeddedPostgres | undefined> {
  const found = await findLastingServer(folder);
  if (!found) return undefined;
  if (settings.whenRunning === 'refuse') throw alreadyRunning(folder, found.pid);
  const server = await waitForServer(folder);
  if (!server) return undefined;
  const password = await readPassword(folder);
  try {
    await ensureDatabase(server.port, password, settings.database);
  } catch (error) {
    if (await findServer(folder)) throw error;
    return undefined;
  }
  return {
    url: databaseUrl(server.port, password, settings.database),
    dataDir: folder,
    pid: server.pid,
    adopted: true,
    stop: () => Promise.resolve(),
  };
}

async function startNew(plan: ServerPlan, settings: Settings): Promise<EmbeddedPostgres> {
  await ensureCluster(plan);
  const password = await readPassword(plan.folder);
  const { server, port } = await launchOnSomePort(plan);
  try {
    // Written by who won the folder only, so that a start that lost does not change the port.
    await writeState(plan.folder, { port, supervisor: process.pid }, plan.user);
    await ensureDatabase(port, password, settings.database);
  } catch (error) {
    server.letGo();
    await server.ended;
    throw error;
  }
  return new Supervisor(databaseUrl(port, password, settings.database), plan, port, server);
}

async function launchOnSomePort(plan: ServerPlan): Promise<{ server: Server; port: number }> {
  let wanted = (await readState(plan.folder))?.port;
  for (let launch = 1; ; launch++) {
    const port = await choosePort(wanted);
    try {
      return { server: await launchServer(plan, port), port };
    } catch (error) {
      if (!(error instanceof LaunchError) || launch === MOST_LAUNCHES) throw error;
      if (error.failure === 'other') throw error;
      if (error.failure === 'port_taken') wanted = undefined;
      // The processes of a server that was killed take a moment to notice.
      else await pause(OLD_PROCESSES_MS);
    }
  }
}

function alreadyRunning(folder: string, pid: number): EmbeddedPostgresError {
  const message =
    `A PostgreSQL server (process ${pid}) already runs on ${folder}: ` +
    'stop the program that started it, or choose another folder.';
  return new EmbeddedPostgresError('already_running', message);
}
