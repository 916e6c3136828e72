import { whileNobodyListens } from '../../support/processes/channel.js';
import { Installation } from '../../support/processes/installation.js';
import { Pooler } from '../../support/processes/pooler.js';
import { Wire } from '../../support/processes/wire.js';

/** What becomes of the channel by which processes hear of changes. */
export const CHANNELS = ['open', 'cut', 'wedged', 'pooler'] as const;

/** What becomes of the channel by which processes hear of changes. */
export type Channel = (typeof CHANNELS)[number];

const PROCESSES = 3;

/** Connections that the pooler makes to the database. */
const POOLED = 20;

type Work = (installation: Installation) => Promise<void>;

/**
 * Does work with an installation of three processes, over an empty database:
 * `open`, as it should be; `cut`, connections that listen are ended again and again; `wedged`, they stay and nothing comes
 * through them; `pooler`, everything goes through PgBouncer in transaction mode, where listening is in vain.
 */
export const withInstallation: Readonly<
  Record<Channel, (databaseUrl: string, work: Work) => Promise<void>>
> = {
  open: (url, work) => withProcesses(url, {}, work),
  cut: (url, work) =>
    withProcesses(url, {}, async (installation) => {
      await whileNobodyListens(installation, () => work(installation));
    }),
  wedged: async (url, work) => {
    const wire = await Wire.to(url);
    try {
      await withProcesses(url, { DATABASE_LISTEN_URL: wire.url }, async (installation) => {
        await wire.freeze(true);
        await work(installation);
      });
    } finally {
      await wire.cut();
    }
  },
  pooler: async (url, work) => {
    const pooler = await Pooler.start(url, POOLED);
    try {
      await withProcesses(pooler.url, {}, work);
    } finally {
      await pooler.stop();
    }
  },
};

async function withProcesses(
  databaseUrl: string,
  variables: Readonly<Record<string, string>>,
  work: Work,
): Promise<void> {
  const installation = await Installation.start(PROCESSES, databaseUrl, { variables });
  try {
    await work(installation);
  } finally {
    await installation.stop();
  }
}
