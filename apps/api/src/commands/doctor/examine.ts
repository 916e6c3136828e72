import type { ApiConfig } from '../../config/environment.js';
import { configProblems, readConfig } from '../../config/environment.js';
import { resolveSecretFiles, type Variables } from '../../config/secret-files.js';
import { findMasterKeys } from '../../installation/master-keys.js';
import { redact } from '../../logging/redact.js';
import { checkAdminKey } from './admin-key.js';
import { failed, skipped, type Finding, type NamedFinding } from './check.js';
import { checkChannel } from './channel.js';
import { checkClock } from './clock.js';
import { checkConfigFile } from './config-file.js';
import { checkDataFolder } from './data-folder.js';
import { probeDatabase, type ProbedDatabase } from './database.js';
import { checkMasterKeys } from './master-keys.js';
import { checkNodeVersion } from './node-version.js';
import { checkProxies } from './proxies.js';
import { checkRedis } from './redis.js';
import { checkMigrations, hasTables } from './schema.js';
import { checkVariables } from './variables.js';

const WRONG_CONFIG = 'the variables have to be right first';

type Check = readonly [name: string, run: () => Finding | Promise<Finding>];

/** Makes every check, one after the other; one that fails stops no other. Changes nothing. */
export async function examine(
  variables: Variables,
  log: (line: string) => void,
): Promise<NamedFinding[]> {
  const first: Check[] = [
    ['Node.js', () => checkNodeVersion()],
    ['Variables', () => checkVariables(variables)],
  ];
  const config = configProblems(variables).length === 0 ? readConfig(variables) : null;
  const rest = config === null ? withoutConfig() : await withConfig(config, variables, log);
  return [...(await make(first)), ...rest];
}

const NEED_CONFIG = ['Data folder', 'Database', 'Migrations', 'Master keys', 'Clock', 'Channel'];
const ALSO_NEED_CONFIG = ['Admin key', 'Proxies', 'Redis', 'Configuration file'];

const withoutConfig = (): NamedFinding[] =>
  [...NEED_CONFIG, ...ALSO_NEED_CONFIG].map((name) => ({ name, ...skipped(WRONG_CONFIG) }));

async function withConfig(
  config: ApiConfig,
  variables: Variables,
  log: (line: string) => void,
): Promise<NamedFinding[]> {
  const folder = await make([['Data folder', () => checkDataFolder(config)]]);
  const database = await probeDatabase(config, log);
  try {
    return [
      ...folder,
      { name: 'Database', ...database.finding },
      ...(await make(databaseChecks(config, database))),
      ...(await make([
        ['Proxies', () => checkProxies(config)],
        ['Redis', () => checkRedis(resolveSecretFiles(variables)['REDIS_URL'])],
        ['Configuration file', () => checkConfigFile(config.configFile, database.client)],
      ])),
    ];
  } finally {
    await database.close();
  }
}

function databaseChecks(config: ApiConfig, { client, url }: ProbedDatabase): Check[] {
  const away = () => skipped('the database cannot be asked');
  if (client === null)
    return NEED_CONFIG.slice(2)
      .concat('Admin key')
      .map((name) => [name, away]);
  const ofTables = (run: () => Promise<Finding>) => async () =>
    (await hasTables(client)) ? run() : skipped('there are no tables yet');
  return [
    ['Migrations', () => checkMigrations(client)],
    ['Master keys', ofTables(async () => checkMasterKeys(client, await findMasterKeys(config)))],
    ['Clock', () => checkClock(client)],
    ['Channel', () => checkChannel(config.listenUrl ?? url, client)],
    ['Admin key', ofTables(() => checkAdminKey(client, config.environment))],
  ];
}

async function make(checks: readonly Check[]): Promise<NamedFinding[]> {
  const findings: NamedFinding[] = [];
  for (const [name, run] of checks) findings.push({ name, ...(await settled(run)) });
  return findings;
}

async function settled(run: Check[1]): Promise<Finding> {
  try {
    return await run();
  } catch (error) {
    const { message } = error as Error;
    return failed(`The check could not be made: ${redact(message)}.`, 'See the message.');
  }
}
