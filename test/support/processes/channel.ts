import type { ApiProcess } from './api-process.js';
import type { Installation } from './installation.js';
import { pause } from './pause.js';

/** The connections on which processes hear of changes: as PostgreSQL shows them. */
const LISTENING = `datname = current_database() AND application_name = 'clary-api'
  AND state = 'idle' AND query LIKE 'LISTEN %'`;

/** What a process says of its channel: `ok`, `degraded`, or `off` where it has none. */
export async function channelOf(api: ApiProcess): Promise<unknown> {
  const { body } = await api.request('GET', '/health/ready');
  return (body['components'] as Record<string, unknown> | undefined)?.['cache_channel'];
}

/** Whether all processes say the same of their channels. */
export async function areChannels(installation: Installation, state: string): Promise<boolean> {
  const states = await Promise.all(installation.processes.map(channelOf));
  return states.every((each) => each === state);
}

/** Ends every connection that listens. Gives how many there were. */
export async function endListening(installation: Installation): Promise<number> {
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENING}`;
  return (await installation.sql(end)).length;
}

/** Ends them again and again while the work is done. Gives how often one was ended, and what the work gives. */
export async function whileNobodyListens<Result>(
  installation: Installation,
  work: () => Promise<Result>,
): Promise<{ readonly ended: number; readonly result: Result }> {
  let [isOver, ended] = [false, 0];
  const ending = (async () => {
    while (!isOver) {
      ended += await endListening(installation);
      await pause(100);
    }
  })();
  try {
    return { result: await work(), ended };
  } finally {
    isOver = true;
    await ending;
  }
}
