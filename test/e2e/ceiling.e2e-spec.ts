import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adminFamilies,
  impossibleFamilies,
  loweredFamilies,
} from '../attack/ceiling/admin.cases.js';
import type { Refusal } from '../attack/ceiling/attempt.js';
import { boundFamilies } from '../attack/ceiling/bounds.cases.js';
import { rightsFamilies } from '../attack/ceiling/rights.cases.js';
import { Scene } from '../attack/ceiling/scene.js';
import { selfFamilies } from '../attack/ceiling/self.cases.js';
import { Replicas } from '../support/replicas.js';
import { claims, mint } from '../support/tokens.js';

const families = [
  ...rightsFamilies,
  ...boundFamilies,
  ...adminFamilies,
  ...impossibleFamilies,
  ...loweredFamilies,
  ...selfFamilies,
];

let api: Replicas;
beforeAll(async () => {
  api = await Replicas.start();
});
afterAll(() => api.stop());

/** All that a change of keys may change. A row that was written, if only as it was, has another `xmin`. */
async function contents(): Promise<unknown> {
  return api.first.database.query(`
    SELECT (SELECT md5(string_agg(id || xmin, ' ' ORDER BY id)) FROM auth_api_keys) AS keys,
      (SELECT md5(string_agg(id || xmin, ' ' ORDER BY id)) FROM auth_accounts) AS accounts,
      (SELECT count(*) FROM auth_audit_events) AS events,
      (SELECT count(*) FROM idempotent_requests) AS remembered`);
}

const FORBIDDEN = '{"error":{"code":"forbidden","message":"Insufficient permissions"}}';
const NOT_FOUND = '{"error":{"code":"not_found","message":"Not found"}}';

async function expectRefusal(answer: Response, refusal: Refusal): Promise<void> {
  const body = await answer.text();
  expect({ status: answer.status, body }).toMatchObject({ status: refusal.status });
  const challenge = answer.headers.get('www-authenticate');
  if (refusal.status === 403) {
    expect(body).toBe(FORBIDDEN);
    const missing = [
      refusal.scope === undefined ? '' : `, scope="${refusal.scope}"`,
      refusal.tier === undefined ? '' : `, tier="${refusal.tier}"`,
    ];
    expect(challenge).toBe(`Bearer realm="clary", error="insufficient_scope"${missing.join('')}`);
    return;
  }
  expect(challenge).toBeNull();
  if (refusal.status === 404) expect(body).toBe(NOT_FOUND);
  else {
    const { error } = JSON.parse(body) as { error: { code: string; details: { field: string }[] } };
    expect([error.code, error.details.map(({ field }) => field)]).toEqual([
      'unprocessable',
      [refusal.field],
    ]);
  }
}

it('is tried in at least 80 ways, no two alike', () => {
  const ways = families.flatMap(({ name, attempts }) =>
    attempts.map((attempt) => JSON.stringify([name, { ...attempt, name: '' }])),
  );
  expect(new Set(ways).size).toBe(ways.length);
  expect(ways.length).toBeGreaterThanOrEqual(80);
});

describe.each(families.map((family) => [family.name, family] as const))('%s', (_, family) => {
  describe.each(family.callers.map((caller) => [caller.name, caller] as const))(
    'by %s',
    (__, caller) => {
      // Attempts change nothing, so that one scene does for all of them.
      let scene: Scene;
      beforeAll(async () => {
        scene = await Scene.open(api, family, caller);
      });

      it.each(family.attempts.map((attempt) => [attempt.name, attempt] as const))(
        'is not had: %s',
        async (___, attempt) => {
          await scene.place(attempt.target);
          const before = await contents();
          await expectRefusal(await scene.send(attempt), attempt.refusal);
          expect(await contents()).toEqual(before);
        },
      );

      it.each(family.controls.map((call) => [call.name, call] as const))(
        'but within the ceiling: %s',
        async (___, call) => {
          const fresh = await Scene.open(api, family, caller);
          const answer = await fresh.send(call);
          const body = (await answer.json()) as { key?: string };
          if (body.key !== undefined) api.knowKey(body.key);
          expect({ status: answer.status, body }).toMatchObject({
            status: call.request.startsWith('POST') && !call.request.endsWith('tokens') ? 201 : 200,
          });
        },
      );
    },
  );
});

describe('a key in the grace after its rotation', () => {
  it('gives on no life beyond that grace, by key or by JWT', async () => {
    const { key, record } = await api.issueKey();
    const { accountId } = record;
    const token = mint(key, claims('operator', { scope: '* api-keys:write' }), { kid: record.id });
    const send = (method: string, path: string, credential: string, json?: object) =>
      api.request(method, path, { credential, ...(json !== undefined && { json }) });
    const rotated = await send('POST', `/v1/api-keys/${record.id}/rotate`, key, {
      grace_period_seconds: 600,
    });
    const { id, key: successor } = (await rotated.json()) as { id: string; key: string };
    api.knowKey(successor);
    const made = { name: 'Made', permissions: [] };
    const before = await contents();
    for (const credential of [key, token]) {
      for (const [method, path, json] of [
        ['POST', '/v1/api-keys', made],
        ['POST', '/v1/api-keys', { ...made, account_id: accountId, expires_at: null }],
        ['PATCH', `/v1/api-keys/${id}`, { name: 'x' }],
        ['POST', `/v1/api-keys/${id}/rotate`, { grace_period_seconds: 0 }],
        ['POST', `/v1/api-keys/${id}/revoke-tokens`],
        ['DELETE', `/v1/api-keys/${id}`],
      ] as const)
        await expectRefusal(await send(method, path, credential, json), { status: 403 });
    }
    // Whoever has a successor is prolonged by nobody.
    const prolonged = await send('PATCH', `/v1/api-keys/${record.id}`, key, { expires_at: null });
    expect(prolonged.status).toBe(409);
    expect(await contents()).toEqual(before);
    const soon = new Date(Date.now() + 60_000).toISOString();
    const answer = await send('POST', '/v1/api-keys', key, { ...made, expires_at: soon });
    const body = (await answer.json()) as { key: string };
    api.knowKey(body.key);
    expect(answer.status).toBe(201);
    expect((await send('DELETE', `/v1/api-keys/${record.id}`, successor)).status).toBe(200);
  });
});
