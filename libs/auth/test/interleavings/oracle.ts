import { createHmac } from 'node:crypto';
import type { Principal } from '../../src/principal.js';
import type { Refusal } from '../../src/refusal.js';
import {
  issued,
  settings,
  TIERS,
  type AccountState,
  type KeyState,
  type State,
  type TierName,
} from './states.js';

/** How a client proves who it is: the key, a JWT that names it, one that names its account; or a wrong secret. */
export type Way = 'key' | 'named' | 'unnamed' | 'wrong';

/** What a client presents, and what the oracle needs to know of it. */
export interface Presented {
  readonly way: Way;
  readonly key: number;
  readonly ip: string;
  readonly credential: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

export function mint(
  way: Way,
  at: number,
  nonce: number,
): Pick<Presented, 'credential' | 'issuedAt'> {
  const { key, id, accountId } = issued[at] as (typeof issued)[number];
  const iat = Math.floor(Date.now() / 1000);
  if (way === 'key') return { credential: key, issuedAt: 0 };
  if (way === 'wrong')
    return { credential: settings.format.generate('development').key, issuedAt: 0 };
  const header = base64url({ alg: 'HS256', ...(way === 'named' ? { kid: id } : {}) });
  const sub = way === 'named' ? 'user' : accountId;
  const input = `${header}.${base64url({ sub, iat, exp: iat + 3000, nonce })}`;
  const signature = createHmac('sha256', key).update(input).digest('base64url');
  return { credential: `${input}.${signature}`, issuedAt: iat * 1000 };
}

/** What is answered: rights as a text, or why not. Reasons that say the same of a JWT that names no key are one. */
export function answerOf(principal: Pick<Principal, 'keyId' | 'tier' | 'permissions'>): string {
  return `${principal.keyId} ${principal.tier} ${principal.permissions.join()}`;
}

export const NOBODY = 'unknown';
export const reasonOf = ({ reason }: Refusal): string =>
  ['unknown_key', 'unknown_account', 'wrong_signature'].includes(reason) ? NOBODY : reason;

/** What the rules of the contract say of a request in a state: written anew, so that it is not what is under test. */
export function judge(state: State, presented: Presented, now: number): string[] {
  const { way, key: at } = presented;
  const key = state.keys[at] as KeyState;
  const { account, id } = issued[at] as (typeof issued)[number];
  const owner = state.accounts[account] as AccountState;
  if (way === 'wrong' || !key.exists) return [NOBODY];
  // Of several reasons any is true: the first was told of a request from another address, perhaps.
  const reasons = refusals(key, owner, presented, now);
  // Of an account's keys only usable ones are candidates; a list that is known holds a key that has expired since.
  if (way === 'unnamed' && UNLISTED.some((reason) => reasons.includes(reason)))
    return [NOBODY, ...reasons.filter((reason) => reason === 'key_expired')];
  if (reasons.length > 0) return reasons;
  const tier = TIERS[Math.min(TIERS.indexOf(key.tier), TIERS.indexOf(owner.tier))] as TierName;
  const names = settings.permissions.expand(key.permissions);
  return [answerOf({ keyId: id, tier, permissions: way === 'key' ? key.permissions : names })];
}

/** Reasons for which a key is not among the candidates. */
const UNLISTED = [
  'key_revoked',
  'key_expired',
  'key_disabled',
  'account_suspended',
  'method_not_allowed',
];

/** Everything for which the key is refused. */
function refusals(
  key: KeyState,
  owner: AccountState,
  { way, ip, issuedAt }: Presented,
  now: number,
): string[] {
  const isToken = way !== 'key';
  const broken = {
    key_revoked: key.revoked,
    key_expired: key.expiresAt !== null && key.expiresAt <= now,
    key_disabled: key.disabled,
    account_suspended: owner.suspended,
    method_not_allowed: !key.methods.includes(isToken ? 'jwt' : 'api_key'),
    ip_not_allowed: key.allowedIps?.includes(ip) === false,
    tokens_revoked: isToken && key.tokensNotBefore !== null && issuedAt < key.tokensNotBefore,
  };
  return Object.entries(broken).flatMap(([reason, isBroken]) => (isBroken ? [reason] : []));
}
