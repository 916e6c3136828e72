import type { AuthSettings } from '../auth.settings.js';
import { IpRange } from '../ip-range.js';
import { isName, NAME_RULE } from '../name.js';
import type { ApiKey } from './api-key.entity.js';
import { InvalidApiKeyRequestError } from './api-key.errors.js';

/** Members of a key that a request may set. */
export type SettableMembers = Partial<
  Pick<
    ApiKey,
    | 'name'
    | 'permissions'
    | 'tier'
    | 'methods'
    | 'rateLimit'
    | 'expiresAt'
    | 'allowedIps'
    | 'metadata'
  >
>;

/** What of a key is checked, and against which account. */
export type CheckedKey = Required<SettableMembers> & {
  readonly account: Pick<ApiKey['account'], 'tier'>;
};

type Check = (key: CheckedKey, settings: AuthSettings, now: Date) => string | null;

/** What is wrong with one member of a key. */
export interface KeyProblem {
  readonly member: keyof typeof CHECKS;
  readonly message: string;
}

/**
 * Checks what a request sets on a key.
 *
 * @param key as it would be
 * @param set the members that the request names; the others are left alone, whatever they hold
 * @throws InvalidApiKeyRequestError for the first member that is wrong
 */
export function checkKey(
  key: ApiKey,
  set: SettableMembers,
  settings: AuthSettings,
  now: Date,
): void {
  const [problem] = problemsOf(key, set, settings, now);
  if (problem !== undefined) throw new InvalidApiKeyRequestError(problem.member, problem.message);
}

/**
 * Everything that is wrong with what is set on a key, at most one sentence for each member.
 *
 * @param key as it would be
 * @param set the members that are set; the others are left alone, whatever they hold
 */
export function problemsOf(
  key: CheckedKey,
  set: SettableMembers,
  settings: AuthSettings,
  now: Date,
): KeyProblem[] {
  return (Object.keys(CHECKS) as (keyof typeof CHECKS)[]).flatMap((member) => {
    const message = set[member] === undefined ? null : CHECKS[member](key, settings, now);
    return message === null ? [] : [{ member, message }];
  });
}

const CHECKS = {
  name: ({ name }) => (isName(name) ? null : NAME_RULE),
  permissions: ({ permissions }, { permissions: catalogue }) => {
    const unknown = permissions.find((grant) => !catalogue.isGrantable(grant));
    return unknown === undefined ? null : `unknown permission "${unknown}"`;
  },
  tier: ({ tier, account }, { tiers }) => {
    if (!tiers.has(tier)) return `unknown tier "${String(tier)}"`;
    return tiers.includes(account.tier, tier)
      ? null
      : `is above the account's tier "${account.tier}"`;
  },
  methods: ({ methods }) => (methods.length === 0 ? 'must name at least one' : null),
  expiresAt: ({ expiresAt }, _, now) =>
    expiresAt !== null && expiresAt <= now ? 'is in the past' : null,
  allowedIps: ({ allowedIps }) => {
    if (allowedIps?.length === 0) return 'must name at least one';
    const wrong = allowedIps?.find((range) => IpRange.parse(range) === null);
    return wrong === undefined ? null : `"${wrong}" is no IP address or range`;
  },
  rateLimit: ({ rateLimit, tier, account }, { keyPolicy, tiers }) => {
    // Said of the tier already.
    if (!tiers.has(tier)) return null;
    const most = keyPolicy.rateLimits[tiers.lowest(tier, account.tier)] ?? Infinity;
    if (rateLimit === null || (Number.isInteger(rateLimit) && rateLimit >= 1 && rateLimit <= most))
      return null;
    return `must be a whole number from 1 to ${most}, the tier's`;
  },
} satisfies Partial<Record<keyof SettableMembers, Check>>;
