import { ReconciliationService } from '@clary/nestjs-auth';
import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { longWorkOptions } from '../database/options.js';
import { explainError } from '../explain-error.js';
import { ConfigFile, type ExplainedPlan } from './config-file.js';

/**
 * Applies the configuration file, if there is one, and logs what was done.
 *
 * @param named the file that was configured; undefined: the default one, if it is there
 * @param dataSource connections whose queries take as long as they take
 * @returns whether there was a file
 * @throws ConfigError; nothing was applied then
 */
export async function applyConfigFile(
  app: INestApplicationContext,
  named: string | undefined,
  dataSource: DataSource,
  logger: Logger,
): Promise<boolean> {
  const file = await ConfigFile.read(named);
  if (file === null) return false;
  const service = app.get(ReconciliationService);
  const done = await dataSource.transaction((manager) => file.apply(service, manager));
  logDone(file.path, done, logger);
  return true;
}

/**
 * The same while the API runs. Whatever goes wrong is logged, and everything stays as it was.
 *
 * @param databaseUrl for a connection of its own: a large file may take longer than a request
 */
export async function reloadConfigFile(
  app: INestApplicationContext,
  named: string | undefined,
  databaseUrl: string,
  logger: Logger,
): Promise<void> {
  const dataSource = new DataSource(longWorkOptions(databaseUrl));
  try {
    await dataSource.initialize();
    const found = await applyConfigFile(app, named, dataSource, logger);
    if (!found) logger.info('There is no configuration file to apply');
  } catch (error) {
    logger.error(`The configuration file is not applied: ${explainError(error)}`);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

function logDone(file: string, { plan, warnings }: ExplainedPlan, logger: Logger): void {
  for (const warning of warnings) logger.warn(warning);
  if (plan.status === 'stale') return;
  const { revision, creations, changes, revocations } = plan;
  const counts = {
    added: creations.accounts.length + creations.keys.length,
    changed: changes.accounts.length + changes.keys.length,
    revoked: revocations.length,
  };
  logger.info({ file, revision, ...counts }, 'The configuration file is applied');
}
