// Installs the packed library into applications of others, as a stranger would, and runs their suites.
// Names on the command line choose some: `npm run test:samples -- express`.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDatabaseServer } from './samples/database.js';
import { interruption } from './samples/run.js';
import { checkSample } from './samples/sample.js';
import { Tally } from './samples/tally.js';
import { checkTarball, pack } from './samples/tarball.js';

const SAMPLES = 'test/samples';

const chosen = process.argv.slice(2);
const names = readdirSync(SAMPLES).filter((name) => chosen.length === 0 || chosen.includes(name));
const folder = mkdtempSync(join(tmpdir(), 'clary-samples-'));
// As root the database is another user, who must get through to its own folder.
chmodSync(folder, 0o711);
const tally = new Tally();
let server;

try {
  const tarball = await pack('libs/auth', folder);
  await checkTarball(tarball, folder, tally);
  server = await startDatabaseServer(join(folder, 'postgres'));
  for (const name of names) {
    if (interruption.aborted) break;
    const sample = { name, source: join(SAMPLES, name), copy: join(folder, name) };
    await checkSample(sample, { tarball, server, tally });
  }
} catch (error) {
  tally.fail(error.message);
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

if (interruption.aborted) tally.fail('interrupted');
process.exitCode = tally.close();
