import { Agent, request } from 'node:http';

/** How many requests are under way at a time, each on a connection of its own. */
const CONNECTIONS = 100;

/**
 * Asks `GET /v1/me` with each of the credentials, many at a time.
 *
 * @returns how often each status came back
 */
export async function tallyStatuses(
  url: string,
  credentials: readonly string[],
  connections = CONNECTIONS,
): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const tally: Record<number, number> = {};
  const ask = (credential: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${credential}` };
      const sent = request(`${url}/v1/me`, { agent, headers }, (answer) => {
        const status = answer.statusCode ?? 0;
        tally[status] = (tally[status] ?? 0) + 1;
        answer.resume().on('end', resolve);
      });
      sent.on('error', reject).end();
    });
  try {
    await Promise.all(credentials.map(ask));
    return tally;
  } finally {
    agent.destroy();
  }
}
