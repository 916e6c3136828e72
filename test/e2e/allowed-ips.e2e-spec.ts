import { AuditService, type IssuedApiKey } from '@clary/nestjs-auth';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { sendFrom, type Reception, type Sender } from '../support/from-address.js';
import { call } from '../support/json-client.js';
import { claims, mint } from '../support/tokens.js';

const hasV6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

/** Listens on IPv6 too, where there is any: IPv4 comes in as IPv4-mapped addresses then. Trusts nobody. */
let direct: TestApi;
/** Behind proxies. */
let proxied: TestApi;
beforeAll(async () => {
  direct = await startTestApi({ variables: { HOST: hasV6 ? '::' : '0.0.0.0' } });
  proxied = await startTestApi({
    variables: { CLARY_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48' },
  });
});
afterAll(async () => {
  await direct.stop();
  await proxied.stop();
});

const tokenOf = ({ key, record }: IssuedApiKey): string =>
  mint(key, claims('user'), { kid: record.id });

/** The same question by key and by JWT. */
async function enter(
  api: TestApi,
  issued: IssuedApiKey,
  sender: Omit<Sender, 'credential'> = {},
  host = '127.0.0.1',
): Promise<Reception[]> {
  const { port } = new URL(api.url);
  return Promise.all(
    [issued.key, tokenOf(issued)].map((credential) =>
      sendFrom(`http://${host}:${port}/v1/me`, { ...sender, credential }),
    ),
  );
}

const statusesOf = (receptions: readonly Reception[]): unknown[] =>
  receptions.map(({ status }) => status);

describe('a key bound to addresses, asked without proxies', () => {
  it.each([
    ['127.0.0.2', '127.0.0.2', 200],
    ['127.0.0.2/31', '127.0.0.3', 200],
    ['::ffff:127.0.0.2', '127.0.0.2', 200],
    ['::ffff:127.0.0.0/104', '127.0.0.2', 200],
    ['127.0.0.2', '127.0.0.1', 401],
    ['127.0.0.2/31', '127.0.0.4', 401],
    ['::1', '127.0.0.1', 401],
    ['::/0', '127.0.0.1', 401],
  ])('%s, from %s: %d', async (range, from, status) => {
    const issued = await direct.issueKey({ allowedIps: ['192.0.2.1', range] });
    expect(statusesOf(await enter(direct, issued, { from }))).toEqual([status, status]);
  });

  it.runIf(hasV6).each([
    ['::1', 200],
    ['::/64', 200],
    ['0:0:0:0:0:0:0:1/128', 200],
    ['2001:db8::/32', 401],
    ['0.0.0.0/0', 401],
    ['127.0.0.1', 401],
  ])('%s, from ::1: %d', async (range, status) => {
    const issued = await direct.issueKey({ allowedIps: [range] });
    const receptions = await enter(direct, issued, { from: '::1' }, '[::1]');
    expect(statusesOf(receptions)).toEqual([status, status]);
  });

  it('is not talked over by a client that names another address', async () => {
    const issued = await direct.issueKey({ allowedIps: ['192.0.2.7'] });
    const forwardedFor = ['192.0.2.7'];
    expect(statusesOf(await enter(direct, issued, { forwardedFor }))).toEqual([401, 401]);
  });

  it('is free again once the ranges are taken away', async () => {
    const issued = await direct.issueKey({ allowedIps: ['192.0.2.7'] });
    const admin = await direct.issueKey({ accountId: issued.record.accountId });
    await call(direct, admin.key, 'PATCH', `/v1/api-keys/${issued.record.id}`, {
      json: { allowed_ips: null },
    });
    expect(statusesOf(await enter(direct, issued))).toEqual([200, 200]);
  });
});

describe('a key bound to 192.0.2.7 and 2001:db8:2::/48, asked through proxies', () => {
  let issued: IssuedApiKey;
  beforeAll(async () => {
    issued = await proxied.issueKey({ allowedIps: ['192.0.2.7', '2001:db8:2::/48'] });
  });

  it.each([
    ['one proxy', ['192.0.2.7']],
    ['one proxy that adds the port', ['192.0.2.7:4711']],
    ['one proxy that writes it as mapped', ['::ffff:192.0.2.7']],
    ['one proxy that writes IPv6', ['2001:db8:2::1']],
    ['one proxy that writes IPv6 with a port', ['[2001:db8:2::1]:4711']],
    ['two proxies on one line', ['192.0.2.7, 10.0.0.5']],
    ['two proxies on two lines', ['192.0.2.7', '10.0.0.5']],
    ['three proxies of both kinds', ['192.0.2.7, 2001:db8:1::5', '10.9.9.9']],
    ['a client that names somebody else first', ['198.51.100.1, 192.0.2.7']],
    ['a client that names somebody else on a line of its own', ['198.51.100.1', '192.0.2.7']],
    ['a client that sends nonsense first', ['unknown, , 192.0.2.7']],
    ['a client that names a proxy first', ['10.0.0.5, 192.0.2.7, 10.0.0.6']],
  ])('is let in from %s', async (_, forwardedFor) => {
    expect(statusesOf(await enter(proxied, issued, { forwardedFor }))).toEqual([200, 200]);
  });

  it.each([
    ['nobody but the proxy', []],
    ['another client', ['198.51.100.1']],
    ['another client that names the right one first', ['192.0.2.7, 198.51.100.1']],
    ['another client that names it on a line of its own', ['192.0.2.7', '198.51.100.1']],
    ['another client that names proxies as well', ['192.0.2.7, 10.0.0.5, 198.51.100.1']],
    ['another client behind two proxies', ['192.0.2.7, 198.51.100.1, 10.0.0.5']],
    ['a proxy that knows nothing', ['unknown']],
    ['a proxy that hides the address', ['192.0.2.7, _hidden']],
    ['an empty hop', ['192.0.2.7,']],
    ['an empty line', ['192.0.2.7', '']],
    ['an older spelling', ['192.0.2.07']],
    ['a proxy alone', ['10.0.0.5']],
  ])('is refused from %s', async (_, forwardedFor) => {
    expect(statusesOf(await enter(proxied, issued, { forwardedFor }))).toEqual([401, 401]);
  });

  it('is refused from a neighbour of the proxy, whatever that says', async () => {
    const sender = { from: '127.0.0.2', forwardedFor: ['192.0.2.7'] };
    expect(statusesOf(await enter(proxied, issued, sender))).toEqual([401, 401]);
  });

  it('is audited with the address of the client', async () => {
    const maker = await proxied.issueKey();
    const json = { name: 'Made through proxies', permissions: [] };
    const headers = { 'x-forwarded-for': '198.51.100.1, 192.0.2.9, 10.0.0.5' };
    const { body } = await call(proxied, maker.key, 'POST', '/v1/api-keys', { json, headers });
    const page = { keyId: body.id, limit: 1, offset: 0 };
    const [events] = await proxied.get(AuditService).list(page);
    expect(events[0]?.ip).toBe('192.0.2.9');
  });
});

describe('why it is refused', () => {
  it('is told to its holder, and to nobody else', async () => {
    const issued = await direct.issueKey({ allowedIps: ['192.0.2.7'] });
    const told = 'error_description="The API key may not be used from this address"';
    for (const { challenge } of await enter(direct, issued)) expect(challenge).toContain(told);
    const { key } = await direct.issueKey();
    const forged = { key, record: issued.record };
    const [, token] = await enter(direct, forged);
    expect(token).toEqual({
      status: 401,
      challenge: 'Bearer realm="clary", error="invalid_token"',
    });
  });
});
