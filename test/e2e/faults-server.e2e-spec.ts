import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiProcess } from '../support/processes/api-process.js';
import { build } from '../support/processes/build.js';
import { expectRemembered, survive } from '../support/processes/fault-story.js';
import { Installation } from '../support/processes/installation.js';
import { OwnPostgres, type Snapshot } from '../support/processes/own-postgres.js';
import { pause, until } from '../support/processes/pause.js';

/** Milliseconds in which a server that was killed is up again. */
const RESTART = 15_000;

let server: OwnPostgres;
let empty: Snapshot;
let installation: Installation;
let api: ApiProcess;

beforeAll(async () => {
  await build();
  server = await OwnPostgres.start();
  empty = await server.snapshot();
  installation = await Installation.start(1, server.url);
  api = installation.first;
}, 120_000);

afterAll(async () => {
  await installation.stop();
  await server.remove();
});

const comesBack = (): Promise<void> =>
  until('the server is back', RESTART, () =>
    server.query('SELECT 1').then(
      () => true,
      () => false,
    ),
  );

describe('a database server', () => {
  it('that is stopped and started', () =>
    survive(installation, api, {
      begin: () => server.stop(),
      end: () => server.start(),
      isOutage: true,
    }));

  it('that hangs: every process of it stands still', () =>
    survive(installation, api, {
      begin: () => server.freeze(),
      end: () => server.thaw(),
      isOutage: true,
    }));

  it('that is killed and comes back by itself', () =>
    survive(installation, api, {
      begin: () => server.crash(),
      end: comesBack,
      lasts: 100,
      isOutage: true,
    }));

  it('that another takes the place of, with the same data', async () => {
    await survive(installation, api, {
      begin: () => server.stop(),
      end: () => server.replaceByCopy(),
      lasts: 500,
      isOutage: true,
    });
  });

  it('that another takes the place of, without any table: nobody is refused, until the data are back', async () => {
    let data = empty;
    await survive(installation, api, {
      begin: async () => {
        data = await server.snapshot();
        await server.replaceBy(empty);
        await until('it is not ready', 5000, async () => {
          const { status } = await api.request('GET', '/health/ready');
          return status === 503;
        });
      },
      end: () => server.replaceBy(data),
      isOutage: true,
    });
  });
});

describe('what was loaded counts until 10 s after its load, then it is 503', () => {
  it('while the server is stopped', async () => {
    const credentials = await installation.makeKey();
    await pause(100);
    await expectRemembered(api, credentials, () => server.stop()).finally(() => server.start());
  });

  it('while the server hangs', async () => {
    await comesBack();
    const credentials = await installation.makeKey();
    await pause(100);
    await expectRemembered(api, credentials, () => server.freeze()).finally(() => server.thaw());
  });
});

it('leaves a process that is ready', async () => {
  await until('it is ready', 5000, async () => {
    const { status } = await api.request('GET', '/health/ready');
    return status === 200;
  });
  expect(api.isOver).toBe(false);
});
