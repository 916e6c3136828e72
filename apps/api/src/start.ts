import { ApiKeyDirectory, AuthSettings } from '@clary/nestjs-auth';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import type { ApiConfig } from './config/environment.js';
import { applyConfigFile, reloadConfigFile } from './config-file/apply-config-file.js';
import { oneAtATime } from './config-file/one-at-a-time.js';
import { configureApp, createAdapter } from './configure-app.js';
import { databaseOptions } from './database/options.js';
import { openDatabase } from './database/open.js';
import { ErrorFilter } from './http/error.filter.js';
import { sayFarewell } from './http/farewell.js';
import { BootstrapKey } from './installation/bootstrap-key.js';
import { chooseDelivery } from './installation/key-delivery.js';
import { resolveMasterKeys } from './installation/master-keys.js';
import { withStartLock } from './installation/start-lock.js';
import { NestLogger } from './logging/nest-logger.js';

/** Milliseconds that a request under way may take once the API is told to stop. */
const DRAIN_DEADLINE = 10_000;

/** A running API. */
export interface RunningApi {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Applies the configuration file again. What is wrong with it is logged, and everything stays as it was. */
  reload(): Promise<void>;
  /**
   * Answers what is under way, then lets go of everything.
   *
   * @param patience milliseconds in which clients may let go of their connections by themselves. Default 0
   */
  stop(patience?: number): Promise<void>;
}

/**
 * Starts the API: database, migrations, master keys, application, configuration file, first key, and only then the port.
 *
 * @throws ConfigError, EmbeddedPostgresError, WrongMasterKeyError, or what the database or the port says; whatever was
 *   started by then is stopped
 */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningApi> {
  const database = await openDatabase(config, (message) => logger.info(message));
  try {
    const app = await prepare(config, database.url, logger);
    await closingOnFailure(app, app.listen(config.port, config.host));
    const { address, port } = app.getHttpServer().address() as AddressInfo;
    const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
    logger.info({ url, environment: config.environment }, 'The API is ready');
    return {
      url,
      app,
      reload: oneAtATime(() => reloadConfigFile(app, config.configFile, database.url, logger)),
      stop: async (patience = 0) => {
        await sayFarewell(app.getHttpServer(), patience);
        await drain(app);
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Waits for a step of the start; when it fails, nothing of the application stays behind. */
async function closingOnFailure(
  app: NestFastifyApplication,
  step: Promise<unknown>,
): Promise<void> {
  try {
    await step;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Answers what is under way; after the deadline, whatever is still open is cut. */
async function drain(app: NestFastifyApplication): Promise<void> {
  const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN_DEADLINE);
  await app.close();
  clearTimeout(cut);
}

/** Everything that only one process of an installation may do at a time. */
async function prepare(
  config: ApiConfig,
  databaseUrl: string,
  logger: Logger,
): Promise<NestFastifyApplication> {
  const dataSource = await new DataSource(databaseOptions(databaseUrl)).initialize();
  try {
    return await withStartLock(dataSource, async () => {
      await dataSource.runMigrations({ transaction: 'each' });
      const masterKeys = await resolveMasterKeys(config, dataSource);
      const app = await createApp(config, { databaseUrl, masterKeys }, logger);
      // Before the first key: where the file names an admin key, none is missing.
      await closingOnFailure(app, applyConfigFile(app, config.configFile, dataSource, logger));
      await closingOnFailure(app, ensureFirstKey(app, config, logger));
      return app;
    });
  } finally {
    await dataSource.destroy();
  }
}

async function createApp(
  config: ApiConfig,
  installation: Parameters<typeof AppModule.for>[1],
  logger: Logger,
): Promise<NestFastifyApplication> {
  const filter = new ErrorFilter();
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, installation),
    createAdapter(filter),
    // Fastify reads JSON by itself; Nest would add forms.
    { logger: new NestLogger(logger), abortOnError: false, bodyParser: false },
  );
  await closingOnFailure(app, configureApp(app, config, filter, logger));
  return app;
}

async function ensureFirstKey(
  app: NestFastifyApplication,
  config: ApiConfig,
  logger: Logger,
): Promise<void> {
  const bootstrap = app.get(BootstrapKey);
  const delivery = chooseDelivery(config, app.get(AuthSettings), app.get(ApiKeyDirectory));
  const missing = await bootstrap.ensure(delivery);
  if (missing) {
    logger.warn(
      "This environment has no admin key yet: make one with `clary keys create --name Operations --permissions '*,admin'`, " +
        'or set CLARY_BOOTSTRAP_KEY_FILE to a path and start again',
    );
  }
}
