// Starts what docker-compose.yml describes as processes of this machine, without Docker: the same commands, variables,
// order and files, the production packages alone, as an unprivileged user. Then asks through the balancer.
import { startEmbeddedPostgres } from '@clary/embedded-postgres';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { URL } from 'node:url';
import { readCompose } from './stack/compose-file.js';
import { layOutImage } from './stack/dockerfile.js';
import { Place } from './stack/place.js';
import { Services } from './stack/services.js';
import { tellStory } from './stack/story.js';

const NEEDED = ['nginx', 'redis-server', 'redis-cli', 'pg_isready', 'wget'];

const missing = NEEDED.filter((name) => spawnSync('which', [name]).status !== 0);
if (missing.length > 0) {
  console.error(`This test cannot run without ${missing.join(', ')}.`);
  console.error('On Debian: apt-get install nginx-light redis-server postgresql-client wget');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'clary-stack-'));
chmodSync(folder, 0o755);
mkdirSync(join(folder, 'image'));
const compose = readCompose('docker-compose.yml');
console.log('laying out the image');
const image = layOutImage(join(folder, 'image'));
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
const place = await Place.make(folder, compose, image.ports, new URL(server.url).host);
const services = new Services(compose, image, place, server);

try {
  await services.up();
  await tellStory(services, place);
} finally {
  const codes = await services.down();
  await server.stop();
  console.log('stopped', JSON.stringify(codes));
  if (Object.values(codes).some((code) => code !== 0)) process.exitCode = 1;
  rmSync(folder, { recursive: true, force: true });
}
