import { MasterKeyService } from '@clary/nestjs-auth';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { ApiConfig } from '../config/environment.js';
import type { Installation } from '../core.module.js';
import { openDatabase } from '../database/open.js';
import { databaseOptions } from '../database/options.js';
import { mustBeGiven, resolveMasterKeys } from '../installation/master-keys.js';
import { withStartLock } from '../installation/start-lock.js';
import { CommandError } from './command.errors.js';
import { CommandLogger } from './command-logger.js';
import { CommandModule } from './command.module.js';
import type { Output } from './output.js';

/** The services of an installation, for one command. */
export interface OpenInstallation {
  /** An instance of one of the providers. */
  get<Provider>(token: Type<Provider>): Provider;
  /**
   * Sees to it that what is sealed from now on can be opened by the API.
   *
   * @throws NoMasterKeyError
   * @throws CommandError when the running API does not know the newest master key
   */
  readyToSeal(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an installation: joins the running embedded database, starts a stopped one, or connects to the configured one.
 *
 * @throws ConfigError, EmbeddedPostgresError, WrongMasterKeyError, or what the database says
 * @throws CommandError when the database is older than this software
 */
export async function openInstallation(
  config: ApiConfig,
  output: Output,
): Promise<OpenInstallation> {
  const database = await openDatabase(config, (line) => output.note(line), 'clary-cli');
  try {
    const app = await createContext(config, await prepare(config, database.url), output);
    return {
      get: (token) => app.get(token, { strict: false }),
      readyToSeal: () => readyToSeal(app),
      close: async () => {
        await app.close();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function createContext(
  config: ApiConfig,
  installation: Installation,
  output: Output,
): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(CommandModule.for(config, installation), {
    logger: new CommandLogger(output),
    abortOnError: false,
  });
}

/** What only one process of an installation may do at a time. */
async function prepare(config: ApiConfig, databaseUrl: string): Promise<Installation> {
  const dataSource = await new DataSource(databaseOptions(databaseUrl, 'clary-cli')).initialize();
  try {
    return await withStartLock(dataSource, async () => {
      await migrateIfEmpty(dataSource);
      const masterKeys = mustBeGiven(config) ? [] : await resolveMasterKeys(config, dataSource);
      return { databaseUrl, masterKeys };
    });
  } finally {
    await dataSource.destroy();
  }
}

/** An upgrade belongs to the start of the API: a command in passing must not migrate what older replicas still use. */
async function migrateIfEmpty(dataSource: DataSource): Promise<void> {
  if (!(await dataSource.showMigrations())) return;
  const { migrationsTableName = 'migrations' } = dataSource.options;
  const [{ used }] = await dataSource.query<[{ used: boolean }]>(
    'SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_name = $1 AND table_schema = current_schema()) AND EXISTS (SELECT FROM ' +
      `"${migrationsTableName}") AS used`,
    [migrationsTableName],
  );
  if (used)
    throw new CommandError(
      'The database is older than this software: start the API once, which brings it up to date.',
    );
  await dataSource.runMigrations({ transaction: 'each' });
}

async function readyToSeal(app: INestApplicationContext): Promise<void> {
  const masterKeys = app.get(MasterKeyService, { strict: false });
  if (!(await masterKeys.isNewestKnown()) && (await isServed(app.get(DataSource)))) {
    throw new CommandError(
      'The running API does not know the newest master key: start every replica with it first, beside the older ones.',
    );
  }
  await masterKeys.register();
}

/** Whether an API is connected to the database. */
async function isServed(dataSource: DataSource): Promise<boolean> {
  const sessions = await dataSource.query<unknown[]>(
    'SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 LIMIT 1',
    ['clary-api'],
  );
  return sessions.length > 0;
}
