import type { KeyUse, STATE_RULES, TOKENS_REVOKED_RULES } from '../api-keys/api-key.state.js';
import type { WordsFor } from './rule-sheet.js';
import { shown } from './shown.js';

const since = (time: Date | null): string | null => (time === null ? null : time.toISOString());

/** The rules on the state of a key. */
export const STATE_WORDS: WordsFor<typeof STATE_RULES, KeyUse> = {
  key_not_revoked: {
    text: 'The key is not revoked.',
    found: ({ key }) => since(key.revokedAt),
    remedy: 'Use another key: a revocation is final.',
  },
  key_not_expired: {
    text: 'The key has not expired.',
    found: ({ key }) =>
      [since(key.expiresAt), key.rotatedTo && `replaced by ${key.rotatedTo}`]
        .filter((part) => part !== null)
        .join(', ') || null,
    remedy: 'Use its successor, or another key; one without a successor can be prolonged.',
  },
  key_enabled: {
    text: 'The key is not disabled.',
    found: ({ key }) => since(key.disabledAt),
    remedy: 'Switch the key on again: set its status to active.',
  },
  account_active: {
    text: 'The account of the key is active.',
    found: ({ key }) => `${key.accountId} is ${key.account.status}`,
    remedy: 'Set the status of the account to active again.',
  },
  environment: {
    text: 'The key is of the environment that is served here.',
    found: ({ key, use }) => `the key is of ${key.environment}, this is ${use.environment}`,
    remedy: "Use a key of this environment, or call the server of the key's.",
  },
  method: {
    text: 'The key may be used in this way.',
    found: ({ key, use }) => `used as ${use.method}, allowed: ${key.methods.join(', ')}`,
    remedy: 'Use the key in the other way, or let its methods name this one too.',
  },
  client_address: {
    text: 'The client has one of the addresses that the key allows.',
    found: ({ key, use }) =>
      key.allowedIps === null
        ? null
        : `from ${use.ip === null ? 'an address that was not given' : shown(use.ip)}, allowed: ${key.allowedIps.join(', ')}`,
    remedy:
      'Call from an allowed address or add this one to allowed_ips. Behind a proxy, the API must trust it. Where no address was given, give one.',
  },
};

/** The rule on a key's JWTs that were revoked together. */
export const TOKENS_REVOKED_WORDS: WordsFor<typeof TOKENS_REVOKED_RULES, KeyUse> = {
  tokens_not_revoked: {
    text: 'The JWT was issued after the JWTs of the key were last revoked.',
    found: ({ key }) =>
      key.tokensNotBefore === null ? null : `revoked before ${key.tokensNotBefore.toISOString()}`,
    remedy: 'Make a new JWT: the key itself still signs.',
  },
};
