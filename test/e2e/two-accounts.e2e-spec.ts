import { RefusalRecorder, UsageRecorder } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  crossAccountAttacks,
  documentAndWorkflowAttacks,
  SELF_REVOCATION,
  type Belongings,
  type RouteAttack,
  type Sent,
} from '../attack/cases/two-accounts.cases.js';
import { readDocument } from '../support/documented.js';
import { fieldsOf, type OpenApi } from '../support/id-fields.js';
import { Replicas } from '../support/replicas.js';
import { claims, mint } from '../support/tokens.js';
import { file, form } from '../support/uploads.js';

/** An account with all that it has, and the ways in which it calls. */
interface Side {
  readonly belongings: Belongings;
  readonly key: string;
  readonly keyId: string;
  readonly credentials: Record<string, string>;
}

/** Well-formed ids of nothing at all. */
const NOTHING: Belongings = {
  account: 'acct_0000000000000000',
  key: 'key_0000000000000000',
  rotated: 'key_0000000000000001',
  document: 'doc_0000000000000000',
  workflow: 'wf_0000000000000000',
  etag: '"0"',
  idempotencyKeys: ['never used', 'neither'],
  made: { name: 'Theirs', permissions: ['documents:read'] },
};

let api: Replicas;
let sides: [Side, Side];
let admin: Side;
let openApi: OpenApi;

beforeAll(async () => {
  api = await Replicas.start();
  sides = [await endow(['*']), await endow(['*'])];
  admin = await endow(['*', 'admin']);
  openApi = (await readDocument(api.first.url)) as OpenApi;
});
afterAll(() => api.stop());

async function endow(permissions: string[]): Promise<Side> {
  const { key, record } = await api.issueKey({ permissions });
  const post = async (path: string, sent: Omit<Sent, 'path'>): Promise<Record<string, string>> => {
    const answer = await send('POST', { path, ...sent }, key);
    expect(answer.status).toBe(201);
    const body = (await answer.json()) as Record<string, string>;
    if (body['key'] !== undefined) api.knowKey(body['key']);
    return body;
  };
  const idempotencyKeys = [`1 of ${record.id}`, `2 of ${record.id}`] as const;
  const once = (at: 0 | 1) => ({ headers: { 'idempotency-key': idempotencyKeys[at] } });
  const made = { name: `Made by ${record.id}`, permissions: ['documents:read'] };
  const { id: rotated = '' } = await post('/v1/api-keys', { json: made, ...once(0) });
  await post('/v1/api-keys', { json: made, ...once(1) });
  const json = { grace_period_seconds: 600 };
  const successor = await post(`/v1/api-keys/${rotated}/rotate`, { json, ...once(0) });
  const document = await post('/v1/documents', {
    body: () => form({ file: file(record.accountId) }),
  });
  const workflow = await post('/v1/workflows', {
    json: { name: 'Theirs', definition: { tasks: [{ id: 'read', type: 'document_parser' }] } },
  });
  const path = `/v1/documents/${document['document_id']}/content`;
  const content = await send('GET', { path }, key);
  return {
    belongings: {
      account: record.accountId,
      key: successor['id'] ?? '',
      rotated,
      document: document['document_id'] ?? '',
      workflow: workflow['workflow_id'] ?? '',
      etag: content.headers.get('etag') ?? '',
      idempotencyKeys,
      made,
    },
    key,
    keyId: record.id,
    credentials: credentialsOf(key, record.id, record.accountId),
  };
}

function credentialsOf(key: string, kid: string, accountId: string): Record<string, string> {
  const exp = Math.floor(Date.now() / 1000) + 3000;
  const scope = '* admin api-keys:write';
  return {
    'a key': key,
    'a JWT': mint(key, claims('user', { exp, scope }), { kid }),
    'a JWT that names the account': mint(key, claims(accountId, { exp, scope })),
  };
}

function send(method: string, sent: Sent, credential: string): Promise<Response> {
  const { path, json, body, headers } = sent;
  return api.request(method, path, {
    credential,
    ...(json !== undefined && { json }),
    ...(body !== undefined && { body: body() }),
    ...(headers !== undefined && { headers }),
  });
}

/** Every row of an account, in every table, what waits to be written included; nothing of them is printed. */
async function rowsOf({ account }: Belongings): Promise<unknown> {
  const { database } = api.first;
  for (const replica of api.all) {
    await replica.get(UsageRecorder).flush();
    await replica.get(RefusalRecorder).flush();
  }
  const tables = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'account_id'`,
  );
  const digest = "md5(string_agg(r::text, ' ' ORDER BY r::text))";
  const queries = [
    `SELECT ${digest} FROM auth_accounts r WHERE id = $1`,
    `SELECT ${digest} FROM idempotent_requests r
     WHERE key_id IN (SELECT id FROM auth_api_keys WHERE account_id = $1)`,
    ...tables.map(({ name }) => `SELECT ${digest} FROM ${name} r WHERE account_id = $1`),
  ];
  return Promise.all(queries.map((query) => database.query(query, [account])));
}

const IDS = ['account', 'key', 'rotated', 'document', 'workflow'] as const;

/** Which of the other's ids stand in a text. */
const foundIn = (text: string, belongings: Belongings): string[] =>
  IDS.filter((name) => text.includes(belongings[name]));

const methodOf = ({ route }: RouteAttack): string => route.slice(0, route.indexOf(' '));

/** An answer without what differs between any two. */
async function gist(answer: Response): Promise<unknown> {
  const headers = [...answer.headers].filter(([name]) => !/^date$|request-id|ratelimit/.test(name));
  return { status: answer.status, headers, body: await answer.text() };
}

const FORBIDDEN = '{"error":{"code":"forbidden","message":"Insufficient permissions"}}';
const NOT_FOUND = '{"error":{"code":"not_found","message":"Not found"}}';

async function expectOutcome(attack: RouteAttack, mine: Side, theirs: Side, credential: string) {
  const from = (whose: Belongings): Promise<Response> =>
    send(methodOf(attack), attack.request(whose, mine.belongings), credential);
  const answer = await from(theirs.belongings);
  const text = await answer.clone().text();
  expect(foundIn(JSON.stringify([...answer.headers]) + text, theirs.belongings)).toEqual([]);
  if (attack.outcome === 'not found') {
    expect([answer.status, text]).toEqual([404, NOT_FOUND]);
    expect(await gist(answer)).toEqual(await gist(await from(NOTHING)));
  } else if (attack.outcome === 'forbidden') {
    expect([answer.status, text]).toEqual([403, FORBIDDEN]);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="insufficient_scope", scope="admin"',
    );
  } else if (attack.outcome === 'malformed') expect(answer.status).toBe(400);
  else {
    expect({ ok: answer.ok, text }).toMatchObject({ ok: true });
    const { key } = (/"key":"(?<key>[^"]+)"/.exec(text)?.groups ?? {}) as { key?: string };
    if (key !== undefined) api.knowKey(key);
  }
}

/** Tells attacks by what they send. */
const named = (attacks: readonly RouteAttack[]): [string, RouteAttack][] =>
  attacks.map((attack) => {
    const { path, headers = {} } = attack.request(NOTHING, NOTHING);
    return [`${methodOf(attack)} ${path} ${Object.keys(headers).join(' ')}`.trim(), attack];
  });

it('every route and every field that takes an id is attacked', () => {
  const attacked = crossAccountAttacks.flatMap(({ route, field }) =>
    field === null ? [route] : [route, `${route}: ${field}`],
  );
  expect([...new Set([...attacked, SELF_REVOCATION])].sort()).toEqual(fieldsOf(openApi).sort());
});

describe.each([
  ['the first account', 0, 1],
  ['the second account', 1, 0],
] as const)('%s, attacking the other', (_, own, other) => {
  describe.each(['a key', 'a JWT', 'a JWT that names the account'])('by %s', (way) => {
    it.each(named(crossAccountAttacks))('gets nothing by %s', async (__, attack) => {
      const [mine, theirs] = [sides[own], sides[other]];
      const before = await rowsOf(theirs.belongings);
      await expectOutcome(attack, mine, theirs, mine.credentials[way] ?? '');
      expect(await rowsOf(theirs.belongings)).toEqual(before);
    });
  });

  it('gets nothing by HEAD either', async () => {
    const [mine, theirs] = [sides[own], sides[other]];
    for (const attack of crossAccountAttacks) {
      if (methodOf(attack) !== 'GET' || attack.outcome === 'nothing of theirs') continue;
      const sent = attack.request(theirs.belongings, mine.belongings);
      const [head, get] = [await send('HEAD', sent, mine.key), await send('GET', sent, mine.key)];
      expect([attack.route, head.status, await head.text()]).toEqual([
        attack.route,
        get.status,
        '',
      ]);
    }
  });

  it("is not let in by a credential that names the other's, whatever the route", async () => {
    const [mine, theirs] = [sides[own], sides[other]];
    const { account, key } = theirs.belongings;
    const forged = [
      mint(mine.key, claims('user'), { kid: key }),
      mint(mine.key, claims('user'), { kid: theirs.keyId }),
      mint(mine.key, claims('user', { iss: theirs.keyId })),
      mint(mine.key, claims(account)),
      mint(mine.key, claims(account), { kid: mine.keyId }),
      mint(mine.key, claims(mine.belongings.account), { kid: theirs.keyId }),
    ];
    const before = await rowsOf(theirs.belongings);
    const routes = fieldsOf(openApi).filter((route) => !route.includes(': '));
    for (const route of routes) {
      const [method = '', template = ''] = route.split(' ');
      if (openApi.paths[template]?.[method.toLowerCase()]?.security.length === 0) continue;
      for (const credential of forged) {
        const answer = await api.request(method, template.replace('{id}', key), { credential });
        expect([route, answer.status]).toEqual([route, 401]);
      }
    }
    expect(await rowsOf(theirs.belongings)).toEqual(before);
  });

  it('ends nobody but itself where it ends itself', async () => {
    const [mine, theirs] = [sides[own], sides[other]];
    const { account, key } = theirs.belongings;
    const { key: mortal, record } = await api.issueKey({ accountId: mine.belongings.account });
    const before = await rowsOf(theirs.belongings);
    const path = `/v1/me/key?id=${key}&key_id=${key}&account_id=${account}`;
    const byToken = mint(mortal, claims('user', { scope: '*' }), { kid: record.id });
    expect((await api.request('DELETE', path, { credential: byToken })).status).toBe(403);
    const answer = await api.request('DELETE', path, { credential: mortal });
    expect(await answer.json()).toMatchObject({ id: record.id, status: 'revoked' });
    expect(await rowsOf(theirs.belongings)).toEqual(before);
  });

  it('leaves the other all that it has, and what it did once done once', async () => {
    const { belongings, key: credential } = sides[other];
    const { account, key, rotated, document, workflow, made, idempotencyKeys } = belongings;
    const reads = [
      [`/v1/api-keys/${key}`, key],
      [`/v1/documents/${document}`, document],
      [`/v1/documents/${document}/content`, account],
      [`/v1/workflows/${workflow}`, workflow],
      ['/v1/api-keys?limit=100', key],
      ['/v1/documents?limit=100', document],
      ['/v1/workflows?limit=100', workflow],
      [`/v1/audit-events?limit=100&key_id=${rotated}`, rotated],
      ['/v1/me', account],
    ];
    for (const [path = '', id = ''] of reads) {
      const answer = await send('GET', { path }, credential);
      expect([answer.status, (await answer.text()).includes(id)]).toEqual([200, true]);
    }
    const headers = { 'idempotency-key': idempotencyKeys[0] };
    const again = await send('POST', { path: '/v1/api-keys', json: made, headers }, credential);
    expect(await again.json()).toMatchObject({ id: rotated });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('an admin of a third account', () => {
  describe.each(['a key', 'a JWT', 'a JWT that names the account'])('by %s', (way) => {
    it.each(named(documentAndWorkflowAttacks))('gets nothing by %s', async (_, attack) => {
      const [theirs] = sides;
      const before = await rowsOf(theirs.belongings);
      await expectOutcome(attack, admin, theirs, admin.credentials[way] ?? '');
      expect(await rowsOf(theirs.belongings)).toEqual(before);
    });

    it.each(['/v1/api-keys', '/v1/audit-events'])('opens %s by saying so only', async (path) => {
      const credential = admin.credentials[way] ?? '';
      const [{ belongings: first }, { belongings: second }] = sides;
      const accountsIn = async (query: string): Promise<string[]> => {
        const sent = { path: `${path}?limit=100${query}` };
        const text = await (await send('GET', sent, credential)).text();
        const { data } = JSON.parse(text) as { data: { account_id: string }[] };
        return [...new Set(data.map(({ account_id }) => account_id))];
      };
      const { account } = admin.belongings;
      expect(await accountsIn('')).toEqual([account]);
      expect(await accountsIn(`&account_id=${account}`)).toEqual([account]);
      expect(await accountsIn(`&account_id=${first.account}`)).toEqual([first.account]);
      expect(await accountsIn('&account_id=all')).toEqual(
        expect.arrayContaining([account, second.account]),
      );
    });
  });

  it('is seen by the account whose key it changes, and by no other', async () => {
    const [theirs, others] = sides;
    const { key } = theirs.belongings;
    const json = { name: 'Changed by the operator' };
    const patched = await send('PATCH', { path: `/v1/api-keys/${key}`, json }, admin.key);
    expect(patched.status).toBe(200);
    const path = `/v1/audit-events?limit=100&action=api_key.updated&key_id=${admin.keyId}`;
    const seenBy = async (credential: string): Promise<unknown[]> => {
      const { data } = (await (await send('GET', { path }, credential)).json()) as {
        data: { target: { id: string } }[];
      };
      return data.map(({ target }) => target.id);
    };
    expect(await seenBy(theirs.key)).toEqual([key]);
    expect(await seenBy(others.key)).toEqual([]);
    expect(await seenBy(admin.key)).toEqual([]);
  });
});
