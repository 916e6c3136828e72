import {
  ApiKeyStrategy,
  CredentialExplainer,
  JwtStrategy,
  Refusal,
  type Explanation,
} from '@clary/nestjs-auth';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claims, mint, now } from '../support/tokens.js';
import { type Attack } from './attack.js';
import { keyAttacks } from './cases/key.cases.js';
import { claimAttacks, headerMemberAttacks, signatureAttacks } from './cases/token.cases.js';
import { mutation } from './mutation.js';
import { startFastifyTarget, type Target } from './targets.js';

const RUNS = 1000;
const SEED = Number(process.env['ATTACK_SEED'] ?? 20_260_101);

let target: Target;
beforeAll(async () => {
  target = await startFastifyTarget();
});
afterAll(() => target.stop());

/** What the API itself makes of a credential: null where it lets it in, else the reason of the refusal. */
function decide(credential: string): Promise<string | null> {
  const strategy = target.get<ApiKeyStrategy | JwtStrategy>(
    credential.includes('.') ? JwtStrategy : ApiKeyStrategy,
  );
  return new Promise((resolve, reject) => {
    const outcomes = {
      success: () => resolve(null),
      fail: (refusal: unknown) =>
        resolve(refusal instanceof Refusal ? refusal.reason : 'undecided'),
      error: reject,
    };
    const running = Object.assign(Object.create(strategy) as typeof strategy, outcomes);
    const rawHeaders = ['Authorization', `Bearer ${credential}`];
    running.authenticate({ rawHeaders, socket: { remoteAddress: '192.0.2.7' } });
  });
}

const explain = (credential: string): Promise<Explanation> =>
  target.get(CredentialExplainer).explain(credential, { ip: '192.0.2.7' });

const firstReason = ({ rules }: Explanation): string | null =>
  rules.find(({ outcome }) => outcome === 'failed')?.reason ?? null;

/** The explanation says what the API does, for the first of the rules that fail, and nothing that is secret. */
async function expectAgreement(credential: string): Promise<void> {
  const [decision, explanation] = [await decide(credential), await explain(credential)];
  expect(firstReason(explanation)).toBe(decision);
  expect(explanation.accepted).toBe(decision === null);
  expect(explanation.principal !== null).toBe(explanation.accepted);
  const secret = target.arsenal.mine.key.slice(27);
  expect(JSON.stringify(explanation)).not.toContain(secret.slice(0, 20));
}

const attacks = [...keyAttacks, ...headerMemberAttacks, ...signatureAttacks, ...claimAttacks];

const credentialOf = ({ headers }: Attack): string =>
  headers(target.arsenal).join().replace('Authorization: Bearer ', '');

const goodCredentials = (): string[] => {
  const { key, record } = target.arsenal.mine;
  return [
    key,
    mint(key, claims('user', { exp: now() + 3000 }), { kid: record.id }),
    mint(key, claims('user', { iss: record.id, aud: ['clary'], permissions: ['documents:*'] })),
    mint(key, claims(record.accountId, { tier: 'lite', scope: 'documents:read' })),
  ];
};

describe('an explanation says what the API does', () => {
  it('with good credentials, whose every rule is met', async () => {
    for (const credential of goodCredentials()) {
      await expectAgreement(credential);
      expect(await explain(credential)).toMatchObject({ accepted: true, proven: true });
    }
  });

  it.each(attacks.map((attack) => [attack.name, attack] as const))('with %s', async (_, attack) => {
    const credential = credentialOf(attack);
    await expectAgreement(credential);
    expect((await explain(credential)).accepted).toBe(false);
  });

  it(`with any of ${RUNS} changes to good keys and tokens`, { timeout: 120_000 }, async () => {
    const good = goodCredentials();
    const which = fc.integer({ min: 0, max: good.length - 1 });
    const changes = fc.array(mutation, { minLength: 1, maxLength: 4 });
    const agrees = fc.asyncProperty(which, changes, (index, mutations) =>
      expectAgreement(mutations.reduce((text, mutate) => mutate(text), good[index] as string)),
    );
    await fc.assert(agrees, { numRuns: RUNS, seed: SEED });
  });

  it(`with claims of any kind, rightly signed`, { timeout: 120_000 }, async () => {
    const { key, record } = target.arsenal.mine;
    const seconds = fc.integer({ min: -4000, max: 4000 }).map((offset) => now() + offset);
    const anything = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string());
    const member = (likely: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
      fc.option(fc.oneof({ weight: 5, arbitrary: likely }, anything), { nil: undefined });
    const names = fc.array(fc.constantFrom('documents:read', '*', 'admin', 'x'), { maxLength: 3 });
    const payload = fc.record({
      sub: member(fc.constantFrom('user', record.accountId, 'acct_x')),
      iat: member(seconds),
      exp: member(seconds),
      nbf: member(seconds),
      iss: member(fc.constantFrom(record.id, 'https://example.com')),
      aud: member(fc.constantFrom('clary', ['clary'], 'other')),
      tier: member(fc.constantFrom('lite', 'gold')),
      permissions: member(names),
      scope: member(names.map((list) => list.join(' '))),
    });
    const agrees = fc.asyncProperty(payload, fc.boolean(), (said, isNamed) =>
      expectAgreement(mint(key, said, isNamed ? { kid: record.id } : {})),
    );
    await fc.assert(agrees, { numRuns: RUNS, seed: SEED });
  });
});
