import {
  AccountService,
  ApiKeyService,
  AuthModule,
  CurrentPrincipal,
  generateMasterKey,
  RequireAuthentication,
  type IssueApiKey,
  type IssuedApiKey,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { authDatabase } from '../../libs/auth/test/auth-database.js';
import { startTestApi } from '../support/api.js';
import { createScratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import type { Arsenal } from './attack.js';

/** Something to attack: `GET /v1/me` behind the guard. */
export interface Target {
  readonly url: string;
  readonly arsenal: Arsenal;
  /** An instance of one of the providers. */
  get<Provider>(token: new (...args: never[]) => Provider): Provider;
  stop(): Promise<void>;
}

/** Our API, on Fastify. */
export async function startFastifyTarget(): Promise<Target> {
  const api = await startTestApi();
  const arsenal = await arm(api.get(AccountService), (key) => api.issueKey(key), api.database);
  return { url: api.url, arsenal, get: (token) => api.get(token), stop: () => api.stop() };
}

@Controller('v1/me')
class MeController {
  @Get()
  @RequireAuthentication()
  read(@CurrentPrincipal() principal: Principal): object {
    return { keyId: principal.keyId };
  }
}

/** An application that knows nothing of our API, on Express. */
export async function startExpressTarget(): Promise<Target> {
  const database = await createScratchDatabase();
  const auth = AuthModule.forRoot({ masterKeys: generateMasterKey() });
  const module = await Test.createTestingModule({
    imports: [authDatabase(database.url), auth],
    controllers: [MeController],
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
  const arsenal = {
    mine: await issue(own),
    theirs: await issue(foreign),
    revoked: await issue(own),
  };
  const revoke = 'UPDATE auth_api_keys SET revoked_at = now() WHERE id = $1';
  await database.query(revoke, [arsenal.revoked.record.id]);
  return arsenal;
}
