import { meetRunningServer } from './adopt.js';
import { prepareBinaries } from './binaries.js';
import { claimAlone, SHORT_LEASE_MS } from './claim.js';
import { ensureCluster } from './cluster.js';
import { placeClusterFolder } from './cluster-folder.js';
import { ensureDatabase } from './database.js';
import { usingFolder } from './errors.js';
import type { EmbeddedPostgres } from './handle.js';
import { findInstalledBinaries } from './installed-binaries.js';
import { type EmbeddedPostgresOptions, readOptions, type Settings } from './options.js';
import { databaseUrl, readPassword } from './password.js';
import { pause } from './pause.js';
import { choosePort } from './port.js';
import { findServer } from './running-server.js';
import { LaunchError, launchServer, type Server, type ServerPlan } from './server.js';
import { readState, writeState } from './server-state.js';
import { Supervisor } from './supervisor.js';

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
  const deadline = Date.now() + SHORT_LEASE_MS;
  for (;;) {
    const running = await meetRunningServer(plan.folder, settings, deadline);
    if (running) return running;
    try {
      return await startNew(plan, settings);
    } catch (error) {
      // PostgreSQL itself lets one server onto a folder: the slower of two ends with an error.
      const isOvertaken = error instanceof LaunchError && (await findServer(plan.folder));
      if (!isOvertaken || Date.now() > deadline) throw error;
    }
  }
}

async function startNew(plan: ServerPlan, settings: Settings): Promise<EmbeddedPostgres> {
  await ensureCluster(plan);
  const password = await readPassword(plan.folder);
  const { server, port } = await launchOnSomePort(plan);
  const { database, lease } = settings;
  try {
    // Written by who won the folder only, so that a start that lost does not change the port.
    await writeState(plan.folder, { port, supervisor: process.pid, lease }, plan.user);
    await ensureDatabase(port, password, database);
  } catch (error) {
    server.letGo();
    await server.ended;
    throw error;
  }
  const takeLeave = () => claimAlone(port, password, plan.log);
  const url = databaseUrl(port, password, database);
  return new Supervisor({ url, plan, port, lease, takeLeave }, server);
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
