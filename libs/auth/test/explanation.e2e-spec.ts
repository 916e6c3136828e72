import { Test, type TestingModule } from '@nestjs/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { claims, mint, now } from '../../../test/support/tokens.js';
import {
  AccountService,
  ApiKeyService,
  CredentialExplainer,
  type Explanation,
  type ExplainOptions,
  type IssueApiKey,
  type IssuedApiKey,
  type RuleOutcome,
} from '../src/index.js';
import { AuthTestingModule } from '../src/testing/index.js';

let module: TestingModule;
beforeAll(async () => {
  const auth = AuthTestingModule.forRoot({ permissions: ['documents:read', 'api-keys:write'] });
  module = await Test.createTestingModule({ imports: [auth] }).compile();
});

async function issue(request: Partial<IssueApiKey> = {}): Promise<IssuedApiKey> {
  const account = await module.get(AccountService).create({ name: 'Test', tier: 'professional' });
  const key = { accountId: account.id, name: 'Test', permissions: ['*'], ...request };
  return module.get(ApiKeyService).issue(key);
}

const explain = (credential: string, options?: ExplainOptions): Promise<Explanation> =>
  module.get(CredentialExplainer).explain(credential, options);

const rulesThat = (outcome: RuleOutcome, { rules }: Explanation): string[] =>
  rules.filter((result) => result.outcome === outcome).map(({ rule }) => rule);

const ruleOf = ({ rules }: Explanation, name: string) => rules.find(({ rule }) => rule === name);

describe('an explanation of an API key', () => {
  it('tells whose it is and what it may do, when it would be let in', async () => {
    const { key, record } = await issue();
    const explanation = await explain(key);
    expect(explanation).toMatchObject({
      kind: 'api_key',
      accepted: true,
      proven: true,
      keyId: record.id,
      accountId: record.accountId,
      principal: { method: 'api_key', permissions: ['*'] },
    });
    expect(rulesThat('met', explanation)).toEqual([
      'header_length',
      'header_form',
      'key_form',
      'key_checksum',
      'key_known',
      'secret',
      'key_not_revoked',
      'key_not_expired',
      'key_enabled',
      'account_active',
      'environment',
      'method',
      'client_address',
    ]);
  });

  it('names every rule of state that fails, not only the first', async () => {
    const expiresAt = new Date(Date.now() + 5000);
    const { key, record } = await issue({
      methods: ['jwt'],
      allowedIps: ['192.0.2.0/24'],
      expiresAt,
    });
    await module.get(ApiKeyService).patch(record.id, { status: 'disabled' });
    await module.get(AccountService).patch(record.accountId, { status: 'suspended' });
    const explanation = await explain(key, { now: expiresAt, ip: '198.51.100.1' });
    expect(rulesThat('failed', explanation)).toEqual([
      'key_not_expired',
      'key_enabled',
      'account_active',
      'method',
      'client_address',
    ]);
    expect(ruleOf(explanation, 'client_address')).toMatchObject({
      reason: 'ip_not_allowed',
      found: 'from "198.51.100.1", allowed: 192.0.2.0/24',
    });
  });

  it('judges nothing that it cannot know, and shows no part of a secret', async () => {
    const { key } = await issue();
    const explanation = await explain(` ${key}\n`);
    expect(rulesThat('failed', explanation)).toEqual(['header_form', 'key_form']);
    expect(rulesThat('not_checked', explanation)).toContain('key_not_revoked');
    expect(ruleOf(explanation, 'header_form')?.found).toBe('character 1 of the credential is " "');
    expect(JSON.stringify(explanation)).not.toContain(key.slice(27, 40));
  });
});

describe('an explanation of a JWT', () => {
  it('tells every rule, in the order in which they are judged', async () => {
    const { key, record } = await issue();
    const explanation = await explain(mint(key, claims('user'), { kid: record.id }));
    expect(explanation).toMatchObject({
      kind: 'jwt',
      accepted: true,
      keyId: record.id,
      notes: [
        'The key covers api-keys:write, but a JWT has it only if each of its claims names it literally.',
      ],
    });
    expect(explanation.rules.map(({ rule }) => rule).slice(2)).toEqual([
      'three_segments',
      'signature_size',
      'header_object',
      'algorithm',
      'header_members',
      'header_type',
      'payload_object',
      'subject',
      'issuer',
      'key_id_form',
      'key_named',
      'signer_known',
      'signer_tried',
      'account_known',
      'signature',
      'issued_at',
      'expires_at',
      'not_before',
      'expires_after_issued',
      'lifetime',
      'not_expired',
      'already_valid',
      'tier',
      'permissions',
      'scope',
      'audience_form',
      'audience',
      'subject_account',
      'key_not_revoked',
      'key_not_expired',
      'key_enabled',
      'account_active',
      'environment',
      'method',
      'client_address',
      'tokens_not_revoked',
    ]);
  });

  it('goes on behind a wrong signature, and says that nothing is proven', async () => {
    const { key, record } = await issue({ methods: ['api_key'] });
    const { iat } = claims('user') as { iat: number };
    const said = claims('acct_x', { aud: 'other', exp: iat + 7200, tier: 'gold' });
    const explanation = await explain(mint(key.slice(27), said, { kid: record.id }));
    expect(explanation).toMatchObject({ accepted: false, proven: false, keyId: record.id });
    expect(rulesThat('failed', explanation)).toEqual([
      'signature',
      'lifetime',
      'tier',
      'audience',
      'subject_account',
      'method',
    ]);
    expect(ruleOf(explanation, 'signature')?.remedy).toContain('the whole API key');
    expect(ruleOf(explanation, 'audience')?.found).toBe('aud "other", expected "clary"');
  });

  it.each([
    [
      'no header',
      'e30',
      {},
      ['algorithm', 'key_named'],
      ['signer_known', 'signature', 'subject_account', 'method', 'tokens_not_revoked'],
    ],
    [
      'a header that is no object',
      'W10',
      {},
      ['header_object'],
      ['algorithm', 'header_members', 'header_type', 'key_id_form', 'key_named', 'signer_known'],
    ],
    ['no sub', undefined, { sub: undefined }, ['subject'], ['key_named', 'signature']],
    ['no iat', undefined, { iat: null }, ['issued_at'], ['lifetime', 'already_valid']],
    ['no exp', undefined, { exp: null }, ['expires_at'], ['expires_after_issued', 'not_expired']],
    ['an nbf that is no time', undefined, { nbf: 'x' }, ['not_before'], ['already_valid']],
    ['an aud that is none', undefined, { aud: 7 }, ['audience_form'], ['audience']],
  ])('with %s does not judge by rules that need it', async (_, header, more, failed, unchecked) => {
    const { key } = await issue();
    const [good, payload, signature] = mint(key, claims('user', more)).split('.');
    const explanation = await explain([header ?? good, payload, signature].join('.'));
    expect(rulesThat('failed', explanation)).toEqual(expect.arrayContaining(failed));
    expect(rulesThat('not_checked', explanation)).toEqual(expect.arrayContaining(unchecked));
  });

  it('shows what a client wrote without its secrets, in ASCII, and cut', async () => {
    const { key, record } = await issue();
    const named = await explain(mint(key, claims('user'), { kid: key }));
    const cut = await explain(mint(key, claims('user'), { kid: key.slice(0, 38) }));
    expect(ruleOf(named, 'key_id_form')).toMatchObject({
      outcome: 'failed',
      found: '"[left out]"',
    });
    expect(ruleOf(cut, 'key_id_form')?.found).toBe('"clary_dev_[left out]"');
    const said = claims('user', { tier: '\u001b[31m\u202egold', scope: 7, aud: 'a b '.repeat(99) });
    const explanation = await explain(mint(key, said, { kid: record.id }));
    expect(ruleOf(explanation, 'tier')?.found).toBe('tier "\\u001b[31m\\u202egold"');
    expect(ruleOf(explanation, 'audience')?.found).toMatch(
      /^aud "(?:a b )+.{0,3}\.\.\., expected "clary"$/,
    );
    expect(JSON.stringify([named, explanation])).not.toContain(key.slice(27, 40));
  });

  it('notes names that grant nothing', async () => {
    const { key, record } = await issue({ permissions: ['documents:*'] });
    const said = claims('user', { permissions: ['documents:read', 'documents:raed', 'admin'] });
    const { accepted, notes, principal } = await explain(mint(key, said, { kid: record.id }));
    expect(accepted).toBe(true);
    expect(principal?.permissions).toEqual(['documents:read']);
    expect(notes).toEqual([
      'The claims name "documents:raed", which is no permission here: it grants nothing.',
      'The claims name admin, which the key does not have: it grants nothing.',
    ]);
  });

  it('tells of JWTs that were revoked together, and of clocks', async () => {
    const { key, record } = await issue();
    await module.get(ApiKeyService).revokeTokens(record.id);
    const revoked = await explain(mint(key, claims('user'), { kid: record.id }));
    expect(rulesThat('failed', revoked)).toEqual(['tokens_not_revoked']);
    const early = claims('user', { iat: now() + 600, exp: now() + 900 });
    const future = await explain(mint(key, early, { kid: record.id }));
    expect(ruleOf(future, 'already_valid')?.remedy).toContain('clock');
    const late = await explain(mint(key, claims('user', { iat: 1, exp: 9 }), { kid: record.id }));
    expect(ruleOf(late, 'not_expired')?.found).toContain('exp 9 (1970-01-01T00:00:09.000Z)');
  });

  it('whose times no calendar holds is explained all the same', async () => {
    const { key, record } = await issue();
    const said = claims('user', { iat: -1e300, exp: 1e300 });
    const explanation = await explain(mint(key, said, { kid: record.id }));
    expect(ruleOf(explanation, 'expires_at')?.found).toBe('exp 1e+300');
  });
});
