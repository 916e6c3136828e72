// Starts the API as a newcomer would, takes the key from the terminal, asks once with it and once with a JWT, stops it.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';

const dataDir = mkdtempSync(join(tmpdir(), 'clary-smoke-'));
// As root the database is another user, who must get through to its own folder.
chmodSync(dataDir, 0o711);
const port = await freePort();
const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port), DATABASE_URL: '' };
const api = spawn('npm', ['start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
let output = '';
api.stdout.on('data', (chunk) => (output += chunk));
const ended = new Promise((done) => api.on('exit', (code, signal) => done(code ?? signal)));

try {
  await until(() => output.includes('The API is ready'));
  const key = /clary_dev_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}/.exec(output)?.[0] ?? '';
  expect((await ask(key)).status, 200, 'with the key');
  expect((await ask(mint(key))).status, 200, 'with a JWT signed by the key');
  expect((await ask('')).status, 401, 'without a credential');
} finally {
  api.kill('SIGTERM');
  const code = await ended;
  rmSync(dataDir, { recursive: true, force: true });
  expect(code, 0, 'exit code after SIGTERM');
}

function ask(credential) {
  const headers = credential === '' ? {} : { authorization: `Bearer ${credential}` };
  return fetch(`http://127.0.0.1:${port}/v1/documents`, { headers });
}

function mint(key) {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'HS256', typ: 'JWT', kid: `key_${key.split('_')[2]}` };
  const input = `${encode(header)}.${encode({ sub: 'user', iat: now, exp: now + 60 })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function expect(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}\n${output}`);
  console.log(`${what}: ${actual}`);
}

async function until(condition) {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline || api.exitCode !== null) throw new Error(`Not ready\n${output}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: found } = server.address();
      server.close(() => done(found));
    });
  });
}
