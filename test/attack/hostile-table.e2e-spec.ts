import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { claims, mint } from '../support/tokens.js';
import { toRequest, type Arsenal, type Attack } from './attack.js';
import { headerAttacks } from './cases/header.cases.js';
import { keyAttacks } from './cases/key.cases.js';
import { knownAttacks } from './cases/known.cases.js';
import { routeAttacks } from './cases/route.cases.js';
import { claimAttacks, headerMemberAttacks, signatureAttacks } from './cases/token.cases.js';
import {
  startExpressTarget,
  startFastifyTarget,
  startStockTarget,
  type Target,
} from './targets.js';

const UNAUTHORIZED = '{"error":{"code":"unauthorized","message":"Invalid API key"}}';
const CHALLENGE =
  /\r\nwww-authenticate: Bearer realm="clary"(?:, error="invalid_token"(?:, error_description="[A-Za-z ]+")?)?\r\n/i;

const credentialAttacks = [
  ...headerAttacks,
  ...keyAttacks,
  ...headerMemberAttacks,
  ...signatureAttacks,
  ...claimAttacks,
  ...knownAttacks,
];

describe.each<[string, () => Promise<Target>, Attack[]]>([
  ['the API on Fastify', startFastifyTarget, [...credentialAttacks, ...routeAttacks]],
  ['a foreign application on Express', startExpressTarget, credentialAttacks],
])('%s', (where, start, attacks) => {
  let target: Target;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target.stop());

  const status = async (credential: string): Promise<number> => {
    const headers = { authorization: `Bearer ${credential}` };
    return (await fetch(`${target.url}/v1/me`, { headers })).status;
  };

  /** Has good credentials used, so that they are in memory when the next attack comes. */
  const useGood = async (): Promise<void> => {
    const { mine, token } = target.arsenal;
    for (const credential of [mine.key, token, mint(mine.key, claims(mine.record.accountId))]) {
      expect(await status(credential)).toBe(200);
    }
  };

  const outcomeOf = ({ status: code, head, body }: RawAnswer): unknown[] => {
    const requestId = /\r\nx-request-id: (\S+)/i.exec(head)?.[1];
    const reason = requestId === undefined ? undefined : target.reasonOf(requestId);
    return [code, body, CHALLENGE.exec(head)?.[0], reason];
  };

  it('is attacked in at least 200 ways, no two alike', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(200);
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  });

  it.each(attacks.map((attack) => [attack.name, attack] as const))(
    'is not entered with %s',
    async (_, attack) => {
      await useGood();
      const request = toRequest(attack, target.arsenal);
      const answer = await sendRaw(target.url, request);
      expect(answer.status).toBe(attack.status);
      const isHead = attack.target?.startsWith('HEAD') === true;
      if (attack.status === 401) {
        expect(answer.body).toBe(isHead ? '' : UNAUTHORIZED);
        expect(answer.head).toMatch(CHALLENGE);
      } else if (where.includes('API')) {
        expect(answer.body).toMatch(/^\{"error":\{"code":"[a-z_]+","message":"[A-Za-z- ]+"\}\}$/);
      }
      // The second answer may come from memory.
      expect(outcomeOf(await sendRaw(target.url, request))).toEqual(outcomeOf(answer));
      if (where.includes('API') && attack.status === 401)
        expect(outcomeOf(answer)[3]).toEqual(expect.any(String));
      await useGood();
    },
  );
});

describe('the guard that Nest itself brings, over the strategies of the package', () => {
  let target: Target;
  beforeAll(async () => {
    target = await startStockTarget();
  });
  afterAll(() => target.stop());

  it.each(credentialAttacks.map((attack) => [attack.name, attack] as const))(
    'is not passed with %s',
    async (_, attack) => {
      const good = ({ mine, token }: Arsenal): string[] => [mine.key, token];
      const request = toRequest(attack, target.arsenal);
      for (const credential of good(target.arsenal)) {
        const headers = { authorization: `Bearer ${credential}` };
        expect((await fetch(`${target.url}/v1/me`, { headers })).status).toBe(200);
        expect((await sendRaw(target.url, request)).status).toBe(attack.status);
      }
    },
  );
});
