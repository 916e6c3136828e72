import {
  AccountService,
  API_KEY_STRATEGY,
  ApiKeyService,
  AuthModule,
  CurrentPrincipal,
  generateMasterKey,
  JWT_STRATEGY,
  RequireAuthentication,
  type AuthModuleExtras,
  type IssueApiKey,
  type IssuedApiKey,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, Req, UseGuards, type Type } from '@nestjs/common';
import { AuthGuard as StockGuard } from '@nestjs/passport';
import { Test } from '@nestjs/testing';
import { authDatabase } from '../../libs/auth/test/auth-database.js';
import { startTestApi } from '../support/api.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { claims, mint, now } from '../support/tokens.js';
import type { Arsenal } from './attack.js';

/** Something to attack: `GET /v1/me` behind the guard. */
export interface Target {
  readonly url: string;
  readonly arsenal: Arsenal;
  /** Why a request was refused, as the log has it; undefined where there is no log. */
  reasonOf(requestId: string): unknown;
  /** An instance of one of the providers. */
  get<Provider>(token: new (...args: never[]) => Provider): Provider;
  stop(): Promise<void>;
}

/** Our API, on Fastify. */
export async function startFastifyTarget(): Promise<Target> {
  const api = await startTestApi();
  const arsenal = await arm(api.get(AccountService), (key) => api.issueKey(key), api.database);
  return {
    url: api.url,
    arsenal,
    reasonOf: (requestId) =>
      api.log
        .filter((line) => line.includes(requestId))
        .map((line) => (JSON.parse(line) as { readonly reason?: unknown }).reason)
        .find((reason) => reason !== undefined),
    get: (token) => api.get(token),
    stop: () => api.stop(),
  };
}

@Controller('v1/me')
class MeController {
  @Get()
  @RequireAuthentication()
  read(@CurrentPrincipal() principal: Principal): object {
    return { keyId: principal.keyId };
  }
}

/** The same behind the guard of Nest, over the strategies of the package. */
@Controller('v1/me')
class StockController {
  @Get()
  @UseGuards(StockGuard([API_KEY_STRATEGY, JWT_STRATEGY]))
  read(@Req() { user }: { readonly user: Principal }): object {
    return { keyId: user.keyId };
  }
}

/** An application that knows nothing of our API, on Express. */
export function startExpressTarget(): Promise<Target> {
  return startApplication(MeController, { globalGuard: true });
}

/** Another one, which has the guard that Nest itself brings. */
export function startStockTarget(): Promise<Target> {
  return startApplication(StockController, { globalGuard: false });
}

async function startApplication(controller: Type, extras: AuthModuleExtras): Promise<Target> {
  const database = await createScratchDatabase();
  const auth = AuthModule.forRoot({ masterKeys: generateMasterKey(), ...extras });
  const module = await Test.createTestingModule({
    imports: [authDatabase(database.url), auth],
    controllers: [controller],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const stop = async (): Promise<void> => {
    await app.close();
    await database.drop();
  };
  const keys = app.get(ApiKeyService);
  const arsenal = await arm(app.get(AccountService), (key) => keys.issue(key), database);
  return {
    url: await app.getUrl(),
    arsenal,
    reasonOf: () => undefined,
    get: (token) => app.get(token, { strict: false }),
    stop,
  };
}

/** Makes the keys that an attacker has or knows of. */
async function arm(
  accounts: AccountService,
  issueKey: (request: IssueApiKey) => Promise<IssuedApiKey>,
  database: ScratchDatabase,
): Promise<Arsenal> {
  const account = async (): Promise<string> =>
    (await accounts.create({ name: 'Test', tier: 'professional' })).id;
  const issue = (accountId: string): Promise<IssuedApiKey> =>
    issueKey({ accountId, name: 'Test', permissions: ['*'] });
  const [own, foreign] = [await account(), await account()];
  const mine = await issue(own);
  const arsenal = {
    mine,
    token: tokenOf(mine),
    theirs: await issue(foreign),
    revoked: await issue(own),
  };
  const revoke = 'UPDATE auth_api_keys SET revoked_at = now() WHERE id = $1';
  await database.query(revoke, [arsenal.revoked.record.id]);
  return arsenal;
}

/** A JWT that outlives the attacks. */
function tokenOf({ key, record }: IssuedApiKey): string {
  for (let jti = 0; ; jti += 1) {
    const token = mint(key, claims('user', { exp: now() + 3000, jti }), { kid: record.id });
    if (/[-_][^.]*$/.test(token)) return token;
  }
}
