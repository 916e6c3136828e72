import type { INestApplicationContext } from '@nestjs/common';
import jsonwebtoken from 'jsonwebtoken';
import { AccountService } from '../accounts/account.service.js';
import { ApiKeyService } from '../api-keys/api-key.service.js';
import type { IssuedApiKey } from '../api-keys/issue-api-key.js';
import type { Grant, Tier } from '../auth-types.js';
import { AuthSettings } from '../auth.settings.js';

/** Seconds that the JWT of a test lives. */
const LIFETIME = 60;

/** Wherever in the application the module is imported. */
const ANYWHERE = { strict: false };

/** Whom a test calls as. */
export interface TestCaller {
  /** Default: the account's, which is the highest for a new one. */
  readonly tier?: Tier;
  /** Grants: names, `<resource>:*`, `*`, `admin`. Default `*`, which is everything but `admin`. */
  readonly permissions?: readonly Grant[];
  /** The caller's own user: the call is made with a JWT of this `sub`. Without it, with the API key. */
  readonly subject?: string;
  /** An account that exists. Default: a new one of this tier. */
  readonly accountId?: string;
}

/** The header to send, as a plain object: fits `fetch`, `inject` and supertest's `set`. */
export interface CredentialHeaders extends Record<string, string> {
  /** `Bearer` and the credential. */
  readonly authorization: string;
}

/**
 * Makes a caller and signs in as it: a real key, or a real JWT signed by one, that the guard checks as any other. Works
 * over `AuthTestingModule` without a database, and over `AuthModule` with one.
 *
 * ```ts
 * await fetch(`${url}/reports`, { headers: await signInAs(app, { tier: 'pro', permissions: ['reports:read'] }) });
 * ```
 *
 * @param app the application or its testing module, initialised
 * @throws InvalidApiKeyRequestError, InvalidAccountRequestError for what the module does not know
 */
export async function signInAs(
  app: INestApplicationContext,
  caller: TestCaller = {},
): Promise<CredentialHeaders> {
  const issued = await issue(app, caller);
  const credential =
    caller.subject === undefined ? issued.key : mint(issued, caller.subject, LIFETIME);
  return { authorization: `Bearer ${credential}` };
}

async function issue(
  app: INestApplicationContext,
  { tier, accountId, permissions = ['*'] }: TestCaller,
): Promise<IssuedApiKey> {
  return app.get(ApiKeyService, ANYWHERE).issue({
    accountId: accountId ?? (await createAccount(app, tier)),
    name: 'Test',
    permissions,
    ...(tier !== undefined && { tier }),
  });
}

async function createAccount(app: INestApplicationContext, tier?: Tier): Promise<string> {
  const { highest } = app.get(AuthSettings, ANYWHERE).tiers;
  const { id } = await app
    .get(AccountService, ANYWHERE)
    .create({ name: 'Test', tier: tier ?? highest });
  return id;
}

/** Names the permissions, since a JWT holds some of them only then. */
function mint({ key, record }: IssuedApiKey, subject: string, expiresIn: number): string {
  const { id: keyid, permissions } = record;
  return jsonwebtoken.sign({ permissions }, key, { keyid, subject, expiresIn, algorithm: 'HS256' });
}
