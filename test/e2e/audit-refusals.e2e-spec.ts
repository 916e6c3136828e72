import { ApiKeyService, generateMasterKey, RefusalRecorder } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { claims, mint, now } from '../support/tokens.js';

const variables = { CLARY_MASTER_KEYS: generateMasterKey() };

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ variables });
});
afterAll(() => api.stop());

interface AuditEvent {
  readonly action: string;
  readonly after: { readonly reason: string; readonly count: number };
  readonly [member: string]: unknown;
}

/** The refusals of a key, by whoever may read them; the minute may have turned meanwhile. */
async function refusalsOf(keyId: string, reader: string): Promise<AuditEvent[]> {
  await api.get(RefusalRecorder).flush();
  const query = `action=authentication.refused&key_id=${keyId}&limit=100`;
  const answer = await api.request('GET', `/v1/audit-events?${query}`, { credential: reader });
  return ((await answer.json()) as { data: AuditEvent[] }).data;
}

const countOf = (events: readonly AuditEvent[], reason: string): number =>
  events.reduce((sum, { after }) => sum + (after.reason === reason ? after.count : 0), 0);

const refused = async (credential: string, requestId = 'req'): Promise<void> => {
  const headers = { 'x-request-id': requestId };
  const answer = await api.request('GET', '/v1/me', { credential, headers });
  expect(answer.status).toBe(401);
};

describe('the audit log of refusals', () => {
  it('has those whose secret or signature was right, counted, and told to the account alone', async () => {
    const reader = await api.issueKey({ permissions: ['audit:read'] });
    const { accountId } = reader.record;
    const { key, record } = await api.issueKey({ accountId });
    await api.get(ApiKeyService).patch(record.id, { status: 'disabled' });
    await refused(key, 'first');
    for (let time = 0; time < 4; time += 1) await refused(key, 'later');
    const old = claims('user', { iat: now() - 7200, exp: now() - 3600 });
    await refused(mint(key, old, { kid: record.id }));

    const events = await refusalsOf(record.id, reader.key);
    expect([countOf(events, 'key_disabled'), countOf(events, 'token_expired')]).toEqual([5, 1]);
    expect(events.length).toBeLessThanOrEqual(4);
    const [first] = events.filter(({ after }) => after.reason === 'key_disabled').slice(-1);
    expect(first).toMatchObject({
      action: 'authentication.refused',
      actor: { type: 'key', key_id: record.id, subject: null },
      account_id: accountId,
      target: { type: 'api_key', id: record.id },
      before: null,
      request_id: 'first',
      ip: '127.0.0.1',
    });
    const stranger = await api.issueKey({ permissions: ['audit:read'] });
    expect(await refusalsOf(record.id, stranger.key)).toEqual([]);
  });

  it('has nothing of who only guesses', async () => {
    const { key, record } = await api.issueKey();
    const other = await api.issueKey();
    await api.get(ApiKeyService).revoke(record.id);
    await refused(mint(other.key, claims('user'), { kid: record.id }));
    await refused('x');
    await refused(`${key}x`);
    expect(await refusalsOf(record.id, api.adminKey)).toEqual([]);
  });

  it('loses nothing while it cannot be written, and delays no answer', async () => {
    const { key, record } = await api.issueKey();
    await api.get(ApiKeyService).revoke(record.id);
    await api.database.query('ALTER TABLE auth_audit_events RENAME TO away');
    await refused(key);
    await api.get(RefusalRecorder).flush();
    await refused(key);
    await api.database.query('ALTER TABLE away RENAME TO auth_audit_events');
    const reader = await api.issueKey({
      accountId: record.accountId,
      permissions: ['audit:read'],
    });
    expect(countOf(await refusalsOf(record.id, reader.key), 'key_revoked')).toBe(2);
    expect(api.log.some((line) => line.includes('Refusals wait for the audit log'))).toBe(true);
  });

  it('is complete once the process has stopped', async () => {
    const { key, record } = await api.issueKey();
    await api.get(ApiKeyService).revoke(record.id);
    const other = await startTestApi({ database: api.database, variables });
    const refusal = await other.request('GET', '/v1/me', { credential: key });
    await other.stop();
    expect(refusal.status).toBe(401);
    const written = await api.database.query(
      `SELECT after FROM auth_audit_events WHERE action = 'authentication.refused' AND target ->> 'id' = '${record.id}'`,
    );
    expect(written).toEqual([{ after: { reason: 'key_revoked', count: 1 } }]);
  });
});
