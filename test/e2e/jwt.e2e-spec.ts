import { createSigner } from 'fast-jwt';
import { SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import { startTestApi, type TestApi } from '../support/api.js';
import { claims, mint, now, segment } from '../support/tokens.js';

let api: TestApi;
let issued: IssuedApiKey;
beforeAll(async () => {
  api = await startTestApi();
  issued = await api.issueKey();
});
afterAll(() => api.stop());

const me = (credential: string): Promise<Response> => api.request('GET', '/v1/me', { credential });

interface Minted {
  readonly payload: Record<string, unknown>;
  readonly header: Record<string, unknown>;
}

const PYTHON = `
import base64, hashlib, hmac, sys
key, text = sys.argv[1].encode(), sys.argv[2].encode()
print(base64.urlsafe_b64encode(hmac.new(key, text, hashlib.sha256).digest()).rstrip(b'=').decode())`;

const run = (command: string, args: string[], input?: string): Buffer => {
  const { status, stdout, stderr } = spawnSync(command, args, { input });
  if (status !== 0) throw new Error(`${command}: ${String(stderr)}`);
  return stdout;
};

const input = ({ header, payload }: Minted): string =>
  `${segment({ alg: 'HS256', typ: 'JWT', ...header })}.${segment(payload)}`;

/** Ways in which customers sign; each is given the whole API key as the secret and nothing else. */
const SIGNERS: Record<string, (key: string, token: Minted) => string | Promise<string>> = {
  jsonwebtoken: (key, { header, payload }) =>
    jsonwebtoken.sign(payload, key, { algorithm: 'HS256', header: { alg: 'HS256', ...header } }),
  jose: (key, { header, payload }) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', ...header })
      .sign(new TextEncoder().encode(key)),
  'fast-jwt': (key, { header, payload }) =>
    createSigner({ key, algorithm: 'HS256', header: { alg: 'HS256', ...header } })(payload),
  'the hmac module of Python': (key, token) =>
    `${input(token)}.${run('python3', ['-c', PYTHON, key, input(token)])
      .toString()
      .trim()}`,
  'openssl dgst': (key, token) => {
    const mac = run('openssl', ['dgst', '-sha256', '-hmac', key, '-binary'], input(token));
    return `${input(token)}.${mac.toString('base64url')}`;
  },
};

const present = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
const MISSING = [
  ...(present('python3') ? [] : ['the hmac module of Python']),
  ...(present('openssl') ? [] : ['openssl dgst']),
];

describe.each(Object.keys(SIGNERS).filter((name) => !MISSING.includes(name)))(
  'a JWT signed with the API key by %s',
  (name) => {
    const sign = SIGNERS[name] as (typeof SIGNERS)[string];

    it('gets in with the key id as kid', async () => {
      const payload = { ...claims('user-7') };
      const answer = await me(
        await sign(issued.key, { payload, header: { kid: issued.record.id } }),
      );
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        method: 'jwt',
        subject: 'user-7',
        key_id: issued.record.id,
      });
    });

    it('gets in with the key id as iss', async () => {
      const payload = { ...claims('user-7'), iss: issued.record.id };
      expect((await me(await sign(issued.key, { payload, header: {} }))).status).toBe(200);
    });

    it('gets in with neither, when sub is the account: the payload that the documentation prints', async () => {
      const payload = {
        sub: issued.record.accountId,
        iat: now(),
        exp: now() + 3600,
        tier: 'standard',
      };
      const answer = await me(await sign(issued.key, { payload, header: {} }));
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({
        tier: 'standard',
        account_id: issued.record.accountId,
      });
    });

    it('does not get in when another key signed it', async () => {
      const other = await api.issueKey();
      const payload = { ...claims('user-7') };
      expect(
        (await me(await sign(other.key, { payload, header: { kid: issued.record.id } }))).status,
      ).toBe(401);
    });
  },
);

describe('what a JWT may do', () => {
  const read = async (more: object, key = issued): Promise<unknown> => {
    const answer = await me(mint(key.key, claims('user', more), { kid: key.record.id }));
    expect(answer.status).toBe(200);
    return answer.json();
  };

  it('is lowered by its tier claim, and never raised', async () => {
    const standard = await api.issueKey({ tier: 'standard' });
    expect(await read({ tier: 'lite' }, standard)).toMatchObject({ tier: 'lite' });
    expect(await read({ tier: 'professional' }, standard)).toMatchObject({ tier: 'standard' });
  });

  it('is narrowed by permissions and by scope', async () => {
    expect(
      await read({ permissions: ['documents:*'], scope: 'documents:read usage:read' }),
    ).toMatchObject({
      permissions: ['documents:read'],
    });
    expect(await read({ scope: '' })).toMatchObject({ permissions: [] });
  });

  it('holds admin and api-keys:write only by name', async () => {
    const admin = await api.issueKey({ permissions: ['*', 'admin'] });
    const { permissions } = (await read({}, admin)) as { permissions: string[] };
    expect(permissions).toContain('documents:read');
    expect(permissions).not.toContain('admin');
    expect(permissions).not.toContain('api-keys:write');
    expect(permissions).not.toContain('*');
    expect(await read({ scope: 'admin api-keys:write' }, admin)).toMatchObject({
      permissions: ['api-keys:write', 'admin'],
    });
  });

  it('ends with the token or the key, whichever is earlier', async () => {
    const exp = now() + 60;
    expect(await read({ exp })).toMatchObject({ expires_at: new Date(exp * 1000).toISOString() });
    const expiresAt = new Date((now() + 30) * 1000);
    expect(await read({ exp }, await api.issueKey({ expiresAt }))).toMatchObject({
      expires_at: expiresAt.toISOString(),
    });
  });
});

describe('the typ of a JWT', () => {
  it.each([undefined, 'JWT', 'jwt'])('may be %j', async (typ) => {
    const answer = await me(mint(issued.key, claims('user'), { kid: issued.record.id, typ }));
    expect(answer.status).toBe(200);
  });
});

describe('a JWT that is refused', () => {
  const kid = (): object => ({ kid: issued.record.id });

  it.each([
    ['token_expired', { iat: now() - 120, exp: now() - 60 }, 'The JWT has expired'],
    ['token_not_yet_valid', { iat: now() + 120, exp: now() + 180 }, 'The JWT is not valid yet'],
    ['lifetime_too_long', { exp: now() + 7200 }, 'The JWT lives longer than allowed'],
    ['audience_mismatch', { aud: 'other' }, 'The aud of the JWT does not name this API'],
    [
      'claim_refused',
      { tier: 'gold' },
      'A claim of the JWT has the wrong type or an unknown value',
    ],
    [
      'subject_mismatch',
      { sub: 'acct_0000000000000000' },
      'The sub of the JWT names another account',
    ],
    ['subject_mismatch', { sub: 'ACCT_x' }, 'The sub of the JWT names another account'],
  ])('for %s tells the holder of the key why', async (reason, more, description) => {
    const answer = await me(mint(issued.key, claims('user', more), kid()));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(`error_description="${description}"`);
    expect(api.linesOf(answer.headers.get('x-request-id'))).toContainEqual(
      expect.objectContaining({ reason }),
    );
  });

  it('tells nobody else: with a wrong signature the same token gives no reason', async () => {
    const answer = await me(mint('x'.repeat(77), claims('user', { exp: 1, iat: 0 }), kid()));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="clary", error="invalid_token"',
    );
  });

  it('because the key may not sign, or its JWTs were revoked', async () => {
    const noJwt = await api.issueKey({ methods: ['api_key'] });
    expect((await me(mint(noJwt.key, claims('u'), { kid: noJwt.record.id }))).status).toBe(401);
    expect((await me(mint(noJwt.key, claims(noJwt.record.accountId)))).status).toBe(401);
    const revoked = await api.issueKey();
    const token = mint(revoked.key, claims('u', { iat: now() - 5 }), { kid: revoked.record.id });
    expect((await me(token)).status).toBe(200);
    await api.database.query('UPDATE auth_api_keys SET tokens_not_before = $1', [
      new Date((now() - 4) * 1000),
    ]);
    expect((await me(token)).status).toBe(401);
    expect((await me(revoked.key)).status).toBe(200);
    await api.database.query('UPDATE auth_api_keys SET tokens_not_before = NULL');
  });

  it('because it was signed with what is stored, or with nothing', async () => {
    const [row] = await api.database.query<{ verifier: Buffer; sealed_digest: Buffer }>(
      'SELECT verifier, sealed_digest FROM auth_api_keys WHERE id = $1',
      [issued.record.id],
    );
    const stored = row as { verifier: Buffer; sealed_digest: Buffer };
    for (const secret of ['', issued.record.id, stored.verifier, stored.sealed_digest]) {
      expect((await me(mint(secret, claims('user'), kid()))).status).toBe(401);
    }
    // The reason for sealing it: whoever has the plain digest can sign.
    const digest = createHash('sha256').update(issued.key).digest();
    expect((await me(mint(digest, claims('user'), kid()))).status).toBe(200);
  });

  it('because its sealed digest was moved here from another row', async () => {
    const [mine, theirs] = [await api.issueKey(), await api.issueKey()];
    await api.database.query(
      `UPDATE auth_api_keys SET sealed_digest = (SELECT sealed_digest FROM auth_api_keys WHERE id = $1) WHERE id = $2`,
      [mine.record.id, theirs.record.id],
    );
    expect((await me(mint(mine.key, claims('user'), { kid: theirs.record.id }))).status).toBe(401);
  });
});

describe('a JWT that names no key', () => {
  it('is tried with each of the 20 oldest keys of its account, and with no later one', async () => {
    const first = await api.issueKey();
    const { accountId } = first.record;
    const keys = [first];
    for (let count = 1; count < 21; count += 1) keys.push(await api.issueKey({ accountId }));
    const statuses = [];
    for (const { key } of keys) statuses.push((await me(mint(key, claims(accountId)))).status);
    expect(statuses).toEqual([...Array<number>(20).fill(200), 401]);
    const refused = await me(mint((keys[20] as IssuedApiKey).key, claims(accountId)));
    expect(api.linesOf(refused.headers.get('x-request-id'))).toContainEqual(
      expect.objectContaining({ reason: 'kid_required' }),
    );
  });

  it('is not tried with keys that are revoked, disabled, expired or of another environment', async () => {
    const { record } = await api.issueKey();
    const { accountId } = record;
    for (const change of [
      'revoked_at = now()',
      'disabled_at = now()',
      'expires_at = now()',
      `environment = 'staging'`,
    ]) {
      const other = await api.issueKey({ accountId });
      expect((await me(mint(other.key, claims(accountId)))).status).toBe(200);
      await api.database.query(`UPDATE auth_api_keys SET ${change} WHERE id = $1`, [
        other.record.id,
      ]);
      const answer = await me(mint(other.key, claims(accountId)));
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="clary", error="invalid_token"',
      ]);
    }
  });

  it('finds a successor in its predecessor’s place', async () => {
    const old = await api.issueKey();
    const { accountId } = old.record;
    for (let count = 0; count < 20; count += 1) await api.issueKey({ accountId });
    const successor = await api.issueKey({ accountId });
    expect((await me(mint(successor.key, claims(accountId)))).status).toBe(401);
    await api.database.query(
      'UPDATE auth_api_keys SET lineage_id = $1, lineage_created_at = $2, rotated_from = $1 WHERE id = $3',
      [old.record.id, old.record.createdAt, successor.record.id],
    );
    expect((await me(mint(successor.key, claims(accountId)))).status).toBe(200);
    expect((await me(mint(old.key, claims(accountId)))).status).toBe(200);
  });

  it('must name an account: a user of the caller’s own needs a key id', async () => {
    const answer = await me(mint(issued.key, claims('user_id')));
    expect(answer.status).toBe(401);
  });
});
