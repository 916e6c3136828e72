import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../support/raw-request.js';
import { claims, mint } from '../support/tokens.js';
import { toRequest, type Attack } from './attack.js';
import { headerAttacks } from './cases/header.cases.js';
import { keyAttacks } from './cases/key.cases.js';
import { routeAttacks } from './cases/route.cases.js';
import { claimAttacks, headerMemberAttacks, signatureAttacks } from './cases/token.cases.js';
import { startExpressTarget, startFastifyTarget, type Target } from './targets.js';

const UNAUTHORIZED = '{"error":{"code":"unauthorized","message":"Invalid API key"}}';
const CHALLENGE =
  /\r\nwww-authenticate: Bearer realm="clary"(?:, error="invalid_token"(?:, error_description="[A-Za-z ]+")?)?\r\n/i;

const credentialAttacks = [
  ...headerAttacks,
  ...keyAttacks,
  ...headerMemberAttacks,
  ...signatureAttacks,
  ...claimAttacks,
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

  it('is attacked in at least 200 ways, no two alike', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(200);
  });

  it.each(attacks.map((attack) => [attack.name, attack] as const))(
    'is not entered with %s',
    async (_, attack) => {
      const answer = await sendRaw(target.url, toRequest(attack, target.arsenal));
      expect(answer.status).toBe(attack.status);
      const isHead = attack.target?.startsWith('HEAD') === true;
      if (attack.status === 401) {
        expect(answer.body).toBe(isHead ? '' : UNAUTHORIZED);
        expect(answer.head).toMatch(CHALLENGE);
      } else if (where.includes('API')) {
        expect(answer.body).toMatch(/^\{"error":\{"code":"[a-z_]+","message":"[A-Za-z- ]+"\}\}$/);
      }
      const { key, record } = target.arsenal.mine;
      expect(await status(key)).toBe(200);
      expect(await status(mint(key, claims('user'), { kid: record.id }))).toBe(200);
    },
  );
});
