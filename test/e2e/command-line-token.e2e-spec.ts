import type { IssuedApiKey } from '@clary/nestjs-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.js';
import { TestCommandLine } from '../support/command-line.js';
import { claims, mint } from '../support/tokens.js';

const masterKeys = '7:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

let api: TestApi;
let clary: TestCommandLine;
let issued: IssuedApiKey;

beforeAll(async () => {
  api = await startTestApi({ variables: { CLARY_MASTER_KEYS: masterKeys } });
  clary = new TestCommandLine(
    { DATABASE_URL: api.database.url, CLARY_MASTER_KEYS: masterKeys },
    api.database,
  );
  issued = await api.issueKey({ permissions: ['documents:*'] });
});
afterAll(() => api.stop());

const mintBy = async (args: string[] = [], key = issued.key): Promise<string> => {
  const options = { variables: { CLARY_API_KEY: key } };
  const { exitCode, stdout, stderr } = await clary.run(['token', 'mint', ...args], options);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout.trimEnd();
};

const whoIs = async (credential: string): Promise<unknown> =>
  (await api.request('GET', '/v1/me', { credential })).json();

describe('a JWT that the command line makes', () => {
  it('is let in by the API, with the claims that were asked for', async () => {
    expect(await whoIs(await mintBy())).toMatchObject({
      method: 'jwt',
      key_id: issued.record.id,
      subject: 'cli',
    });
    const narrow = ['--sub', 'user_7', '--tier', 'lite', '--permissions', 'documents:read'];
    expect(
      await whoIs(await mintBy([...narrow, '--audience', 'clary', '--expires-in', '15m'])),
    ).toMatchObject({
      subject: 'user_7',
      tier: 'lite',
      permissions: ['documents:read'],
    });
    const byAccount = ['--no-kid', '--sub', issued.record.accountId, '--scope', 'documents:write'];
    expect(await whoIs(await mintBy(byAccount))).toMatchObject({
      permissions: ['documents:write'],
    });
  });

  it('needs no database, and takes the key from stdin', async () => {
    const alone = new TestCommandLine({ DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    const { stdout } = await alone.run(['token', 'mint', '--json'], { stdin: `${issued.key}\n` });
    expect(await whoIs((JSON.parse(stdout) as { token: string }).token)).toMatchObject({
      key_id: issued.record.id,
    });
  });

  it.each<[string, string[], (key: string) => string]>([
    ['no key', [], () => ''],
    ['a key that was cut', [], (key) => key.slice(0, -1)],
    ['a key with blanks around it', [], (key) => ` ${key}`],
    ['a public id', [], () => issued.record.id],
    ['a user for whom no key is named', ['--no-kid'], (key) => key],
    ['no time to live', ['--expires-in', '0'], (key) => key],
    ['an empty sub', ['--sub', ''], (key) => key],
  ])('is not made with %s, and no secret is said', async (_, args, distort) => {
    const stdin = distort(issued.key);
    const { exitCode, stdout, stderr } = await clary.run(['token', 'mint', ...args], { stdin });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^clary: [A-Z].+\.\n$/);
    expect(stderr).not.toContain(issued.key.slice(27, 40));
  });

  it('may live longer than the API allows, but not without a warning', async () => {
    const options = { variables: { CLARY_API_KEY: issued.key } };
    const { exitCode, stderr } = await clary.run(['token', 'mint', '--expires-in', '2h'], options);
    expect([exitCode, stderr]).toEqual([
      0,
      'warning: it lives 7200 seconds, the API here takes at most 3600\n',
    ]);
  });
});

describe('why a credential would be refused', () => {
  it('is told rule by rule, with what to change, and the verdict last', async () => {
    const said = claims('user', { aud: 'other' });
    const token = mint(issued.key, said, { kid: issued.record.id });
    const { exitCode, stdout } = await clary.run(['token', 'explain', token]);
    const lines = stdout.trimEnd().split('\n');
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe(`JWT: ${issued.record.id}, ${issued.record.accountId}`);
    expect(stdout).toContain('✓ The JWT has not expired.\n');
    expect(stdout).toContain(
      '✗ aud, if present, names this API.\n    Found: aud "other", expected "clary".\n    To do: Set aud',
    );
    expect(lines.at(-1)).toBe('Refused: audience_mismatch (rules failed: 1).');
    expect(stdout).not.toContain('\u001b');
  });

  it('is nothing where the API lets it in: exit code 0', async () => {
    const args = ['token', 'explain'];
    const byKey = await clary.run(args, { stdin: `${issued.key}\n` });
    expect(byKey.stdout).toMatch(/\nAccepted: tier professional, permissions documents:\*\.\n$/);
    const variables = { CLARY_API_KEY: issued.key };
    const byVariable = await clary.run(args, { variables });
    const byPipe = await clary.run(args, { variables, stdin: await mintBy() });
    const byToken = await clary.run(args, { variables: { CLARY_TOKEN: await mintBy() } });
    expect([byKey, byVariable, byPipe, byToken].map(({ exitCode }) => exitCode)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(byVariable.stdout).toMatch(/^API key: /);
    expect([byPipe.stdout, byToken.stdout]).toEqual([
      expect.stringMatching(/^JWT: /),
      expect.stringMatching(/^JWT: /),
    ]);
  });

  it('is told to programs as well', async () => {
    const { key } = await api.issueKey({ allowedIps: ['192.0.2.0/24'] });
    const args = ['token', 'explain', '--json'];
    const refused = await clary.run(args, { stdin: key });
    expect([refused.exitCode, JSON.parse(refused.stdout)]).toMatchObject([
      1,
      { kind: 'api_key', accepted: false, proven: true, principal: null },
    ]);
    const { exitCode, stdout } = await clary.run([...args, '--ip', '192.0.2.7'], { stdin: key });
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { accepted: true, principal: { method: 'api_key', subject: null } },
    ]);
    expect(stdout + refused.stdout).not.toContain(key.slice(27, 40));
  });

  it.each<[string, () => string[]]>([
    ['an API key as an argument', () => [issued.key]],
    ['nothing', () => []],
    ['an address that is none', () => ['--ip', '192.0.2', 'a.b.c']],
  ])('is not told of %s: exit code 2', async (_, args) => {
    const { exitCode, stdout, stderr } = await clary.run(['token', 'explain', ...args()]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).not.toContain(issued.key.slice(27, 40));
  });

  it('is not told without the master key: it is no refusal', async () => {
    const variables = { CLARY_MASTER_KEYS: `9:${Buffer.alloc(32, 9).toString('base64')}` };
    const { exitCode, stdout, stderr } = await clary.run(['token', 'explain', await mintBy()], {
      variables,
    });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Set CLARY_MASTER_KEYS as for the API.');
  });
});
