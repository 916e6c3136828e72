import { describe, expect, it } from 'vitest';
import { TierLadder } from '../tier.js';
import { checkClaims } from './token-claims.js';

const NOW = 1_800_000_000;
const rules = {
  audience: 'clary',
  maxLifetime: 3600,
  tiers: new TierLadder(['lite', 'standard', 'professional']),
};
const good = { sub: 'user', iat: NOW, exp: NOW + 3600 };

const reasonOf = (claims: object): unknown => {
  try {
    return checkClaims(
      JSON.parse(JSON.stringify(claims)) as Record<string, unknown>,
      rules,
      NOW * 1000,
    );
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('the times of a JWT', () => {
  it.each([
    ['as long as allowed', {}],
    ['expired for less than the leeway', { iat: NOW - 100, exp: NOW - 29 }],
    ['issued by a clock that is ahead by the leeway', { iat: NOW + 30, exp: NOW + 60 }],
    ['valid from within the leeway', { nbf: NOW + 30 }],
    ['in fractions of a second', { iat: NOW + 0.5, exp: NOW + 1.5 }],
  ])('are taken: %s', (_, claims) => {
    expect(reasonOf({ ...good, ...claims })).toMatchObject({ narrowings: [] });
  });

  it.each([
    ['token_expired', { iat: NOW - 100, exp: NOW - 30 }],
    ['token_not_yet_valid', { iat: NOW + 31, exp: NOW + 60 }],
    ['token_not_yet_valid', { nbf: NOW + 31 }],
    ['lifetime_too_long', { exp: NOW + 3601 }],
    ['lifetime_too_long', { iat: NOW - 1, exp: NOW + 3600 }],
    ['claim_refused', { exp: NOW }],
    ['claim_refused', { exp: undefined }],
    ['claim_refused', { iat: undefined }],
    ['claim_refused', { exp: String(NOW + 60) }],
    ['claim_refused', { iat: null }],
    ['claim_refused', { nbf: 'now' }],
    ['claim_refused', { nbf: null }],
  ])('are refused as %s: %j', (reason, claims) => {
    expect(reasonOf({ ...good, ...claims })).toBe(reason);
  });

  it('that no clock reaches are refused', () => {
    const payload = JSON.parse(`{"sub":"user","iat":${NOW},"exp":1e400}`) as Record<
      string,
      unknown
    >;
    expect(() => checkClaims(payload, rules, NOW * 1000)).toThrow('claim_refused');
  });
});

describe('what is told of a JWT', () => {
  it('is when it was issued, when it ends, and only what it lowers', () => {
    expect(reasonOf({ ...good, iss: 'x', nbf: NOW - 60 })).toEqual({
      issuedAt: new Date(NOW * 1000),
      expiresAt: new Date((NOW + 3600) * 1000),
      tier: undefined,
      narrowings: [],
    });
  });
});

describe('the claims that lower', () => {
  it('are read as lists of grants, one per claim', () => {
    expect(
      reasonOf({ ...good, permissions: ['a:b'], scope: ' c:d  e:f ', tier: 'lite' }),
    ).toMatchObject({
      tier: 'lite',
      narrowings: [['a:b'], ['c:d', 'e:f']],
    });
    expect(reasonOf({ ...good, permissions: [], scope: '' })).toMatchObject({
      narrowings: [[], []],
    });
  });

  it.each([
    { tier: 'gold' },
    { tier: null },
    { tier: ['lite'] },
    { permissions: 'a:b' },
    { permissions: [1] },
    { permissions: null },
    { permissions: {} },
    { scope: ['a:b'] },
    { scope: null },
    { aud: null },
    { aud: 7 },
    { aud: ['clary', 7] },
  ])('are refused in the wrong form: %j', (claims) => {
    expect(reasonOf({ ...good, ...claims })).toBe('claim_refused');
  });
});

describe('the audience', () => {
  it.each(['clary', ['other', 'clary']])('may be %j', (aud) => {
    expect(reasonOf({ ...good, aud })).toMatchObject({ narrowings: [] });
  });

  it.each(['other', '', [], ['other'], 'clary2'])('must not be %j', (aud) => {
    expect(reasonOf({ ...good, aud })).toBe('audience_mismatch');
  });
});
