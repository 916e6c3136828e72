import type { Account } from '@clary/nestjs-auth';
import { presentAccount } from '../../accounts/account.schema.js';
import type { Output } from '../output.js';
import { formatFields } from '../table.js';

/** Writes one account. */
export function writeAccount(output: Output, account: Account): void {
  const item = presentAccount(account);
  output.result(item, () => formatFields(item));
}
