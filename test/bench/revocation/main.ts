import { writeFile } from 'node:fs/promises';
import { openDatabase } from '../database.js';
import { describeMachine } from '../machine.js';
import { progress, run } from '../program.js';
import { withInstallation } from './channels.js';
import { brokenPromises, type KindLags } from './lags.js';
import { measureKind } from './measure.js';
import { readOptions, USAGE, type RevocationOptions } from './options.js';
import { formatReport, type RevocationReport } from './report.js';

// Ends in order: what was started is stopped when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function main(options: RevocationOptions): Promise<void> {
  const machine = describeMachine();
  progress('Starting the database and three processes');
  const database = await openDatabase(process.env['DATABASE_URL']);
  const measured: KindLags[] = [];
  try {
    await withInstallation[options.channel](database.url, async (installation) => {
      for (const kind of options.kinds) {
        progress(kind.name);
        measured.push(await measureKind(installation, kind, options));
      }
    });
  } finally {
    await database.drop();
  }
  const { channel, changes, json } = options;
  const date = new Date().toISOString();
  await publish({ date, machine, channel, changes, kinds: measured }, json);
}

async function publish(report: RevocationReport, json: string | undefined): Promise<void> {
  process.stdout.write(`${formatReport(report)}\n`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  const broken = brokenPromises(report.kinds, report.channel === 'open');
  for (const promise of broken) progress(`Broken: ${promise}`);
  if (broken.length > 0) process.exitCode = 1;
}

await run({ usage: USAGE, readOptions, main });
