import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { ApiConfig } from '../../config/environment.js';
import { openDatabase } from '../../database/open.js';
import { redact } from '../../logging/redact.js';
import { failed, ok, type Finding } from './check.js';
import { within } from './time-limit.js';

const OPEN_LIMIT = 8000;
const ANSWER_LIMIT = 4000;
const OLDEST_MAJOR = 14;

/** A database that answers, and what was found of it. */
export interface ProbedDatabase {
  readonly finding: Finding;
  /** Null where it cannot be used. */
  readonly client: pg.Client | null;
  readonly url: string;
  close(): Promise<void>;
}

/** Connects to the configured database, or to the embedded one, which is started if it is there. */
export async function probeDatabase(
  config: ApiConfig,
  log: (line: string) => void,
): Promise<ProbedDatabase> {
  if (config.databaseUrl === undefined && !hasCluster(config.dataDir))
    return unusable('There is no embedded database yet.', '`npm start` makes it.');
  const opening = openDatabase(config, log, 'clary-cli');
  try {
    const database = await within(OPEN_LIMIT, opening);
    const client = connectionTo(database.url);
    const close = async () => {
      await within(ANSWER_LIMIT, client.end()).catch(() => undefined);
      await database.stop();
    };
    const finding = await ask(client, nameOf(config));
    if (finding.status === 'ok') return { finding, client, url: database.url, close };
    await close();
    return { finding, client: null, url: database.url, close: () => Promise.resolve() };
  } catch (error) {
    // One that comes up later must not be left running.
    opening.then((late) => late.stop()).catch(() => undefined);
    const { name, message } = error as Error;
    const reason = name === 'ConfigError' ? message : `${nameOf(config)}: ${message}.`;
    return unusable(redact(reason), 'See that it runs and that this user may use it.');
  }
}

/** A connection on which every wait has an end. */
export function connectionTo(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_LIMIT,
    query_timeout: ANSWER_LIMIT,
    application_name: 'clary-cli',
  });
  // It may break while nobody waits for it, which would end the process.
  client.on('error', () => undefined);
  return client;
}

async function ask(client: pg.Client, name: string): Promise<Finding> {
  try {
    await client.connect();
    const start = performance.now();
    const { rows } = await client.query<{ number: string; version: string }>(
      "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
    );
    const milliseconds = (performance.now() - start).toFixed(1);
    const [{ number, version } = { number: '0', version: '?' }] = rows;
    if (Number(number) < OLDEST_MAJOR * 10_000)
      return failed(`PostgreSQL ${version} at ${name} is too old.`, 'Use PostgreSQL 14 or later.');
    return ok(`PostgreSQL ${version} at ${name}, answers in ${milliseconds} ms`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = redact(code?.startsWith('E') === true ? code : message);
    return failed(
      `The database at ${name} cannot be asked (${reason}).`,
      'See that it runs, and that DATABASE_URL has the right host, port, user and password.',
    );
  }
}

const unusable = (message: string, remedy: string): ProbedDatabase => ({
  finding: failed(message, remedy),
  client: null,
  url: '',
  close: () => Promise.resolve(),
});

const hasCluster = (dataDir: string): boolean =>
  existsSync(join(dataDir, 'postgres', 'PG_VERSION'));

/** Where the database is, without who is let in by what. */
function nameOf({ databaseUrl, dataDir }: ApiConfig): string {
  if (databaseUrl === undefined) return `${join(dataDir, 'postgres')} (embedded)`;
  if (!URL.canParse(databaseUrl)) return 'DATABASE_URL';
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}:${port || '5432'}${pathname}`;
}
