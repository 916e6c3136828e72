import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ApiProcess } from '../support/processes/api-process.js';
import { build } from '../support/processes/build.js';
import { endListening } from '../support/processes/channel.js';
import { Crowd } from '../support/processes/crowd.js';
import { survive } from '../support/processes/fault-story.js';
import { Installation } from '../support/processes/installation.js';
import { until } from '../support/processes/pause.js';
import { OwnPostgres } from '../support/processes/own-postgres.js';
import { Wire } from '../support/processes/wire.js';

/** Places of the server: room for one process, and for what it does not know to be dead. */
const MAX_CONNECTIONS = 60;

let server: OwnPostgres;
let wire: Wire;
let installation: Installation;
let api: ApiProcess;

beforeAll(async () => {
  await build();
  server = await OwnPostgres.start();
  await server.configure('max_connections', String(MAX_CONNECTIONS));
  await server.restart();
  wire = await Wire.to(server.url);
  installation = await Installation.start(1, wire.url);
  api = installation.first;
}, 120_000);

afterAll(async () => {
  await installation.stop();
  await wire.cut();
  await server.remove();
});

const END_ALL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clary-api'`;

describe('connections to the database', () => {
  it('that are cut, and cannot be made again', () =>
    survive(installation, api, {
      begin: () => wire.cut(),
      end: () => wire.open(),
      isOutage: true,
    }));

  it('through which nothing comes', () =>
    survive(installation, api, {
      begin: () => wire.freeze(true),
      end: () => wire.freeze(false),
      isOutage: true,
    }));

  it('that others have taken all of', async () => {
    let crowd: Crowd | undefined;
    await survive(installation, api, {
      begin: async () => {
        const others = (crowd = new Crowd(server.url));
        await until('they have one', 5000, () => others.size > 0);
        // Whoever is quicker gets a place that has become free, and only the others keep theirs.
        const haveNone = async (): Promise<boolean> =>
          (await others.count(END_ALL)) === 0 && others.hasAll;
        await until('ours have none', 10_000, haveNone);
      },
      end: async () => crowd?.leave(),
      isOutage: true,
    });
  });

  it('that are slow: nothing fails', () =>
    survive(installation, api, {
      begin: () => wire.delay(60),
      end: () => wire.delay(0),
      isOutage: false,
    }));

  it('that are too slow to be of use', () =>
    survive(installation, api, {
      begin: () => wire.delay(1200),
      end: () => wire.delay(0),
      isOutage: true,
    }));

  it('that listen, ended: nobody notices', () =>
    survive(installation, api, {
      begin: () => endListening(installation),
      end: () => endListening(installation),
      lasts: 1000,
      isOutage: false,
    }));

  it('that died without a word, while new ones get through', () =>
    survive(installation, api, {
      begin: () => wire.stall(),
      end: () => Promise.resolve(),
      isOutage: true,
    }));
});
