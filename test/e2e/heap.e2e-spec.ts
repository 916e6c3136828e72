import { generateMasterKey, type IssuedApiKey } from '@clary/nestjs-auth';
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { InspectedProcess } from '../support/inspected-process.js';
import { secretsOfKey, secretsOfToken } from '../support/leak-scan.js';
import { build } from '../support/processes/build.js';
import { claims, mint, now } from '../support/tokens.js';

const CLARY_MASTER_KEYS = generateMasterKey();

/** Makes the keys: the process that is looked into only ever gets them over HTTP. */
let maker: TestApi;
let served: InspectedProcess;
beforeAll(async () => {
  await build();
  maker = await startTestApi({ variables: { CLARY_MASTER_KEYS } });
  const DATABASE_URL = maker.database.url;
  served = await InspectedProcess.start({ DATABASE_URL, CLARY_MASTER_KEYS, LOG_LEVEL: 'info' });
}, 180_000);
afterAll(async () => {
  await served.stop();
  await maker.stop();
});

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A key whose digest can be sought as text: V8 ends a text where a NUL is. */
async function issue(): Promise<IssuedApiKey> {
  for (;;) {
    const issued = await maker.issueKey();
    if (!digestOf(issued.key).includes(0)) return issued;
  }
}

/** Sends requests on one connection, which stays open. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(() => agent.destroy());
const send = (authorization: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const options = { agent, headers: { authorization } };
    const sent = request(`${served.url}/v1/me`, options, (answer) =>
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
    );
    sent.on('error', reject).end();
  });

const holdersOf = (secrets: readonly string[], texts: readonly string[]): string[] =>
  secrets.filter((secret) => texts.some((text) => text.includes(secret)));

describe('a process that has served credentials and remembers them', { timeout: 120_000 }, () => {
  it('holds none of them as a text, nor what signs JWTs', async () => {
    const issued = await issue();
    const { key, record } = issued;
    const kid = { kid: record.id };
    const tokens = [
      mint(key, claims('user', { exp: now() + 3000 }), kid),
      mint(key, claims(record.accountId, { exp: now() + 3000 })),
    ];
    const refused = [
      maker.adminKey.replace(/.{10}$/, 'AAAAAAAAAA'),
      mint(`${key}x`, claims('user', { exp: now() + 3000 }), kid),
    ];
    for (let count = 0; count < 3; count += 1) {
      for (const credential of [key, ...tokens])
        expect(await send(`Bearer ${credential}`)).toBe(200);
      for (const credential of refused) expect(await send(`Bearer ${credential}`)).toBe(401);
    }
    // What came last is what anything else would hold on to, if it held on to something.
    expect(await send(`Bearer ${String(refused[1])}`)).toBe(401);
    const secrets = [
      ...secretsOfKey(key),
      digestOf(key).toString('latin1'),
      ...[...tokens, ...refused].flatMap(secretsOfToken),
      ...[...tokens, ...refused].map((token) => token.split('.')[2] ?? token),
    ];
    const texts = await served.textsInHeap();
    // It remembers: the public id stands there, and what is remembered under it.
    expect(holdersOf([record.id], texts)).toEqual([record.id]);
    expect(holdersOf(secrets, texts)).toEqual([]);
  });
});
