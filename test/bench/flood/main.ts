import { openDatabase } from '../database.js';
import { FirstSeen, Rotation, type CredentialSource } from '../load/credentials.js';
import { Client, type Target } from '../load/target.js';
import { signerWithKeyId } from '../scenarios/tokens.js';
import { progress, run } from '../program.js';
import { BenchServer } from '../server/server.js';
import { flood } from './flood.js';
import { callSteadily, type Experience } from './good-callers.js';
import { readOptions, USAGE, type FloodOptions } from './options.js';
import { describeFlood, type FloodReport, type Heap } from './report.js';
import { UnknownKeys } from './unknown-keys.js';

/** Connections of the flood, and of each kind of good callers: enough that none of them waits for another one's. */
const FLOOD_CONNECTIONS = 128;
const GOOD_CONNECTIONS = 16;

/** Keys that good callers use for the first time: each comes again when nothing is remembered of it. */
const FIRST_USED = 2000;

/** Milliseconds between two looks at the memory. */
const SAMPLE_INTERVAL = 1000;

const guarded = (credentials: CredentialSource, expectedStatus = 200): Target => ({
  path: '/guarded',
  expectedStatus,
  credentials,
});

async function goodCallers(server: BenchServer): Promise<Record<string, CredentialSource>> {
  const accounts = await server.issue({ accounts: 20, keysEach: FIRST_USED / 20 });
  const keys = accounts.flatMap((account) => account.keys);
  const [first] = keys;
  if (first === undefined) throw new RangeError('No keys');
  return {
    'a key that is known': new Rotation([first.key]),
    'JWTs first seen of a key that is known': new FirstSeen(signerWithKeyId(first)),
    'keys used for the first time': new Rotation(keys.map(({ key }) => key)),
  };
}

/** The largest heap while something is under way, with the garbage in it. */
async function watchHeap(server: BenchServer, until: AbortSignal): Promise<number> {
  let peak = 0;
  while (!until.aborted) {
    peak = Math.max(peak, (await server.heap(false)).used);
    await new Promise((done) => setTimeout(done, SAMPLE_INTERVAL));
  }
  return peak;
}

async function measure(server: BenchServer, keys: number): Promise<FloodReport> {
  const callers = Object.entries(await goodCallers(server));
  const clients = callers.map(() => new Client(server.url, GOOD_CONNECTIONS));
  const attacker = new Client(server.url, FLOOD_CONNECTIONS);
  const over = new AbortController();
  const before = await server.heap(true);
  const start = performance.now();
  const experiences = callers.map(([, credentials], at) =>
    callSteadily(clients[at] as Client, guarded(credentials), over.signal),
  );
  const watching = watchHeap(server, over.signal);
  const failure = await flood(attacker, guarded(new UnknownKeys(), 401), keys).then(
    () => null,
    (error: unknown) => String(error),
  );
  const seconds = (performance.now() - start) / 1000;
  over.abort();
  const good: [string, Experience][] = [];
  for (const [at, [name]] of callers.entries())
    good.push([name, (await experiences[at]) as Experience]);
  const heap: Heap = { before, peak: await watching, after: await server.heap(true) };
  await Promise.all([attacker, ...clients].map((client) => client.close()));
  return { keys, seconds, failure, heap, good };
}

async function main({ keys }: FloodOptions): Promise<void> {
  const database = await openDatabase(process.env['DATABASE_URL']);
  try {
    const server = await BenchServer.start(database.url);
    try {
      progress(`Sending ${keys} keys that nobody knows`);
      const { lines, beyond } = describeFlood(await measure(server, keys));
      process.stdout.write(`${lines.join('\n')}\n`);
      for (const sentence of beyond) progress(sentence);
      process.exitCode = beyond.length === 0 ? 0 : 1;
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
  }
}

await run({ usage: USAGE, readOptions, main });
