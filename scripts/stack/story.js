import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import pg from 'pg';
import { Client, mint } from './client.js';

const REPLICAS = ['api-1', 'api-2'];
const MEGABYTE = 1024 * 1024;

/** What must hold of the stack, told from outside: everything is asked through the balancer. */
export async function tellStory(services, place) {
  const url = `http://127.0.0.1:${place.portOf('balancer')}`;
  const key = await theFirstKeyIsOne(services, place);
  const admin = new Client(url, key);
  await callersAreJudged(url, key);
  await theBalancerAddsNothing(services, admin, url);
  await nobodyBorrowsAnAddress(admin, url);
  await documentsAreShared(services, admin);
  await aReplicaGoesAndComes(services, place, admin);
  await secretsStay(services, place);
  await nobodyIsThere(services, admin);
  const logs = [...REPLICAS, 'balancer', 'secrets'].map((name) => services.log(name)).join('');
  expect(logs.includes(key.slice(30)), false, 'the key stands in a log, though a URL held it');
}

/** Two replicas started at once on an empty database. */
async function theFirstKeyIsOne(services, place) {
  const file = `${place.volume('first-key')}/api-key`;
  const client = new pg.Client(
    readFileSync(`${place.volume('database-password')}/url`, 'utf8').trim(),
  );
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS keys FROM auth_api_keys');
  await client.end();
  expect(rows[0].keys, 1, 'keys made by two replicas that started at once');
  expect((statSync(file).mode & 0o777).toString(8), '600', "mode of the key's file");
  const key = readFileSync(file, 'utf8').trim();
  expect(/^clary_prod_\w{16}_\w{49}$/.test(key), true, 'a key of production');
  return key;
}

async function callersAreJudged(url, key) {
  const stranger = await new Client(url).send('GET', '/v1/me');
  expect(stranger.status, 401, 'without a credential');
  expect(JSON.parse(stranger.body).error.code, 'unauthorized', 'in the words of the API');
  expect((await new Client(url, key).send('GET', '/v1/me')).status, 200, 'with the key');
  expect((await new Client(url, mint(key)).send('GET', '/v1/me')).status, 200, 'with a JWT');
  expect((await new Client(url).send('GET', '/health/ready')).status, 200, 'health');
}

async function theBalancerAddsNothing(services, admin, url) {
  const { id, headers } = await admin.send('GET', '/v1/me');
  expect(headers.get('x-request-id'), id, 'the request id goes through and comes back');
  // It is written once the answer has gone out.
  await until(() => services.log('balancer').includes(id));
  console.log('and stands in the log of the balancer');
  const long = { headers: { 'x-long': 'x'.repeat(20_000) } };
  const tooLong = await admin.send('GET', '/v1/me', long);
  expect(tooLong.status, 431, '20 KB of headers');
  expect(JSON.parse(tooLong.body).error.code, 'headers_too_large', 'in the words of the API');
  const longer = await admin.send('GET', '/v1/me', { headers: { 'x-long': 'x'.repeat(40_000) } });
  expect(longer.status, 431, '40 KB of headers, by the balancer itself');
  expect(JSON.parse(longer.body).error.code, 'headers_too_large', 'in the same words');
  const refused = await new Client(url).upload(randomBytes(8 * MEGABYTE));
  expect(refused.status, 401, 'an upload without a credential');
}

/** A key that is bound to an address is bound to that of the client, as the balancer saw it. */
async function nobodyBorrowsAnAddress(admin, url) {
  const made = await admin.send('POST', '/v1/api-keys', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bound', permissions: [], allowed_ips: ['127.0.0.2'] }),
  });
  const { key } = JSON.parse(made.body);
  const claims = ['X-Forwarded-For', 'X-Real-IP', 'Forwarded'].map((name) => ({
    [name]: name === 'Forwarded' ? 'for=127.0.0.2' : '127.0.0.2',
  }));
  for (const bound of [new Client(url, key), new Client(url, mint(key))]) {
    expect(await bound.statusFrom('127.0.0.2', '/v1/me'), 200, 'from the address of the key');
    const elsewhere = { 'X-Forwarded-For': '198.51.100.1' };
    const honest = await bound.statusFrom('127.0.0.2', '/v1/me', elsewhere);
    expect(honest, 200, 'from there, claiming to be elsewhere');
    for (const claim of [{}, ...claims]) {
      const status = await bound.statusFrom('127.0.0.3', '/v1/me', claim);
      expect(status, 401, `from another address, claiming ${JSON.stringify(claim)}`);
    }
  }
}

async function documentsAreShared(services, admin) {
  const bytes = randomBytes(60 * MEGABYTE);
  const upload = await admin.upload(bytes);
  expect(upload.status, 201, 'an upload of 60 MB');
  const [writer] = replicasOf(services, upload.id);
  const readers = new Set();
  for (let turn = 0; turn < 4; turn += 1) {
    const path = `/v1/documents/${JSON.parse(upload.body).document_id}/content`;
    const { id, body } = await admin.send('GET', path);
    if (!body.equals(bytes)) throw new Error('The bytes have changed');
    await until(() => replicasOf(services, id).length > 0);
    readers.add(replicasOf(services, id)[0]);
  }
  expect(readers.size, 2, `written by ${writer}, replicas that give the same bytes`);
}

/** A replica is stopped and started again while requests run, one upload among them. */
async function aReplicaGoesAndComes(services, place, admin) {
  const uploads = [1, 2, 3, 4].map(() => admin.beginUpload(randomBytes(2 * MEGABYTE)));
  const arriving = () => readdirSync(`${place.volume('documents')}/documents`).filter(isUpload);
  await until(() => arriving().length === 4);
  console.log('four halves of uploads have reached the replicas: the balancer keeps none back');
  const readers = startReaders(admin);
  await readers.count(100);
  const stopping = services.stop('api-1');
  await readers.count(100);
  const uploaded = await Promise.all(uploads.map(({ finish }) => finish()));
  expect(uploaded.join(), '201,201,201,201', 'uploads that were under way on either replica');
  expect(await stopping, 0, 'exit code of the replica that was stopped');
  await readers.count(100);
  const posts = [];
  for (let turn = 0; turn < 20; turn += 1) posts.push((await admin.upload(randomBytes(10))).status);
  expect(
    posts.every((status) => status === 201),
    true,
    'uploads while one replica is away',
  );
  await services.restart('api-1');
  const before = services.log('api-1').length;
  await until(() => services.log('api-1').length > before + 5000);
  const { statuses, sent } = await readers.stop();
  expect([...statuses].join(), '200', `answers to ${sent} requests meanwhile`);
}

/** Callers that read one after the other until they are told to stop. */
function startReaders(admin) {
  const statuses = new Set();
  let [sent, ended] = [0, false];
  const read = async () => {
    while (!ended) {
      statuses.add(await admin.send('GET', '/v1/me').then(({ status }) => status, String));
      sent += 1;
    }
  };
  const loops = [1, 2, 3, 4, 5, 6, 7, 8].map(read);
  return {
    count: (more, goal = sent + more) => until(() => sent >= goal),
    stop: async () => {
      ended = true;
      await Promise.all(loops);
      return { statuses, sent };
    },
  };
}

/** Every start runs the service that makes the secrets. */
async function secretsStay(services, place) {
  const read = () =>
    ['master-key/master-keys', 'database-password/password', 'database-password/url']
      .map((path) => readFileSync(place.volume(path), 'utf8'))
      .join();
  const before = read();
  const { ended } = await services.restart('secrets');
  expect(await ended, 0, 'exit code of a second run that makes secrets');
  expect(read() === before, true, 'the secrets are those of the first');
}

async function nobodyIsThere(services, admin) {
  for (const name of REPLICAS) await services.stop(name);
  const { status, headers, body } = await admin.send('GET', `/v1/me?key=${admin.credential}`);
  expect(status, 503, 'with no replica at all');
  expect(JSON.parse(body).error.code, 'unavailable', 'in the words of the API');
  expect(headers.get('retry-after'), '1', 'with Retry-After');
}

function isUpload(name) {
  return name.startsWith('.upload_');
}

function replicasOf(services, requestId) {
  return REPLICAS.filter((name) => services.log(name).includes(requestId));
}

function expect(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
  console.log(`${what}: ${actual}`);
}

async function until(condition) {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${condition}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
