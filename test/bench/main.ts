import { writeFile } from 'node:fs/promises';
import { openDatabase } from './database.js';
import { Client } from './load/target.js';
import { describeMachine } from './machine.js';
import { measure, type Measurement } from './measure.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';
import { progress, run } from './program.js';
import { formatReport, type BenchReport } from './report.js';
import { makeFixtures } from './scenarios/fixtures.js';
import { BenchServer } from './server/server.js';

/** Enough to keep the server busy, and few enough that their own upkeep does not show. */
const CONNECTIONS = 32;

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort(new Error(`Stopped by ${signal}`)));
}

async function main(options: BenchOptions): Promise<void> {
  progress('Starting the database');
  const database = await openDatabase(process.env['DATABASE_URL']);
  try {
    const server = await BenchServer.start(database.url);
    try {
      await publish(await runAll(server, options), options.json);
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
  }
}

async function runAll(server: BenchServer, options: BenchOptions): Promise<BenchReport> {
  const { rounds, seconds } = options;
  const machine = describeMachine();
  progress('Issuing keys');
  const fixtures = await makeFixtures((plan) => server.issue(plan));
  const client = new Client(server.url, CONNECTIONS);
  const bench = { server, client, rounds, seconds, signal: interruption.signal, progress };
  const measurements: Measurement[] = [];
  try {
    for (const scenario of options.scenarios) {
      measurements.push(await measure(bench, scenario, scenario.credentials(fixtures)));
    }
  } finally {
    await client.close();
  }
  return {
    date: new Date().toISOString(),
    machine,
    postgres: server.postgres,
    rounds,
    secondsPerSlice: seconds,
    connections: CONNECTIONS,
    fixtures: fixtures.made,
    scenarios: measurements,
  };
}

async function publish(report: BenchReport, json: string | undefined): Promise<void> {
  process.stdout.write(`${formatReport(report)}\n`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

await run({ usage: USAGE, readOptions, main });
