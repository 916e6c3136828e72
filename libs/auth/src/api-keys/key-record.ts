import type { Account } from '../accounts/account.entity.js';
import type { ApiKey } from './api-key.entity.js';

/** What authentication reads of a key and of its account; an `ApiKey` is one as well. */
export type KeyRecord = Readonly<
  Pick<
    ApiKey,
    | 'id'
    | 'accountId'
    | 'environment'
    | 'tier'
    | 'permissions'
    | 'methods'
    | 'verifier'
    | 'sealedDigest'
    | 'allowedIps'
    | 'expiresAt'
    | 'disabledAt'
    | 'revokedAt'
    | 'tokensNotBefore'
    | 'rotatedTo'
  >
> & {
  /** The owner. */
  readonly account: Readonly<Pick<Account, 'tier' | 'status'>>;
};
