import { createClient } from 'redis';
import { failed, ok, skipped, type Finding } from './check.js';
import { within } from './time-limit.js';

const LIMIT = 2000;

/** @param url of `REDIS_URL` */
export async function checkRedis(url: string | undefined): Promise<Finding> {
  if (url === undefined) return skipped('REDIS_URL is not set: rate limits are kept in memory');
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    return failed(
      'REDIS_URL is not the address of a Redis.',
      'Write it as redis://host:port or rediss://….',
    );
  const { host } = new URL(url);
  try {
    return ok(`Redis ${await within(LIMIT, askVersion(url))} at ${host}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failed(
      `Redis at ${host} does not answer (${code ?? message}).`,
      'Start it, or set REDIS_URL right.',
    );
  }
}

async function askVersion(url: string): Promise<string> {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: LIMIT, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  // A Redis that is frozen must not keep the command from ending.
  const end = setTimeout(() => client.destroy(), LIMIT);
  try {
    await client.connect();
    await client.ping();
    const info = await client.info('server');
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of unknown version';
  } finally {
    clearTimeout(end);
    if (client.isOpen) client.destroy();
  }
}
