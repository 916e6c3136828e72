import type { Rule } from '../rule.js';
import type { TierLadder } from '../tier.js';
import { ownValue, type JsonObject } from './json-object.js';

/** Tolerance for clocks that differ, in seconds. Not granted to the lifetime. */
export const LEEWAY = 30;

/** What an application asks of a JWT's claims. */
export interface ClaimRules {
  /** What `aud`, if present, must name. */
  readonly audience: string;
  /** Longest `exp - iat`, in seconds. */
  readonly maxLifetime: number;
  /** The tiers that a `tier` claim may name. */
  readonly tiers: TierLadder;
}

/** A JWT's claims before those who judge them. */
export interface JudgedClaims {
  readonly payload: JsonObject;
  /** What the application asks. */
  readonly asked: ClaimRules;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What the claims of a JWT must be (RFC 7519, section 4.1), once its signature was right. */
export const CLAIM_RULES = [
  {
    name: 'issued_at',
    reason: 'claim_refused',
    holds: ({ payload }) => isTime(ownValue(payload, 'iat')),
  },
  {
    name: 'expires_at',
    reason: 'claim_refused',
    holds: ({ payload }) => isTime(ownValue(payload, 'exp')),
  },
  {
    name: 'not_before',
    reason: 'claim_refused',
    holds: ({ payload }) => isAbsent(payload, 'nbf') || isTime(payload['nbf']),
  },
  {
    name: 'expires_after_issued',
    reason: 'claim_refused',
    needs: ['issued_at', 'expires_at'],
    holds: ({ payload }) => timeOf(payload, 'exp') > timeOf(payload, 'iat'),
  },
  {
    name: 'lifetime',
    reason: 'lifetime_too_long',
    needs: ['issued_at', 'expires_at'],
    holds: ({ payload, asked }) =>
      timeOf(payload, 'exp') - timeOf(payload, 'iat') <= asked.maxLifetime,
  },
  {
    name: 'not_expired',
    reason: 'token_expired',
    needs: ['expires_at'],
    holds: ({ payload, now }) => timeOf(payload, 'exp') + LEEWAY > now,
  },
  {
    name: 'already_valid',
    reason: 'token_not_yet_valid',
    needs: ['issued_at', 'not_before'],
    holds: ({ payload, now }) => validFrom(payload) - LEEWAY <= now,
  },
  {
    name: 'tier',
    reason: 'claim_refused',
    holds: ({ payload, asked }) => isAbsent(payload, 'tier') || asked.tiers.has(payload['tier']),
  },
  {
    name: 'permissions',
    reason: 'claim_refused',
    holds: ({ payload }) => isAbsent(payload, 'permissions') || isTexts(payload['permissions']),
  },
  {
    name: 'scope',
    reason: 'claim_refused',
    holds: ({ payload }) => isAbsent(payload, 'scope') || typeof payload['scope'] === 'string',
  },
  {
    name: 'audience_form',
    reason: 'claim_refused',
    holds: ({ payload }) => isAbsent(payload, 'aud') || isTexts([payload['aud']].flat()),
  },
  {
    name: 'audience',
    reason: 'audience_mismatch',
    needs: ['audience_form'],
    holds: ({ payload, asked }) =>
      isAbsent(payload, 'aud') || [payload['aud']].flat().includes(asked.audience),
  },
] as const satisfies readonly Rule<JudgedClaims>[];

/** A claim that is a time, in seconds. */
export const timeOf = (payload: JsonObject, name: 'iat' | 'exp' | 'nbf'): number =>
  payload[name] as number;

/** The later of `iat` and `nbf`. */
const validFrom = (payload: JsonObject): number =>
  Math.max(timeOf(payload, 'iat'), isAbsent(payload, 'nbf') ? -Infinity : timeOf(payload, 'nbf'));

const isAbsent = (payload: JsonObject, name: string): boolean =>
  ownValue(payload, name) === undefined;

/** JSON holds 1e400, which JavaScript reads as Infinity: a token that would never expire. */
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
