// Makes the secrets of docker-compose.yml, each into the file that a variable names. What is there already is kept.
import { generateMasterKey } from '@clary/nestjs-auth';
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { URL } from 'node:url';

const { CLARY_MASTER_KEYS_FILE, POSTGRES_PASSWORD_FILE, DATABASE_URL_FILE, DATABASE_URL } =
  process.env;

keepOrMake(CLARY_MASTER_KEYS_FILE, 0o400, generateMasterKey());

// Read by two users, PostgreSQL's and the API's, from a volume that is mounted for nobody else.
const password = keepOrMake(POSTGRES_PASSWORD_FILE, 0o444, randomBytes(24).toString('base64url'));
const url = new URL(DATABASE_URL);
url.password = password;
keepOrMake(DATABASE_URL_FILE, 0o400, url.href);

console.log('The API comes up on the published port of the balancer. Its first admin key:');
console.log('  docker compose exec api-1 cat /secrets/first-key/api-key');

/** Under its final name a file is whole and on the disk, or not there: a power cut leaves no empty secret behind. */
function keepOrMake(path, mode, secret) {
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', mode);
  writeSync(file, `${secret}\n`);
  fsyncSync(file);
  closeSync(file);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
}
