import { ADMIN, ForbiddenError, isAdmin, UsageRecorder, type Principal } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { REALM } from '../auth-types.js';
import { soughtId } from './request-values.js';

/** The query parameter with which an admin opens a list beyond its own account. */
export const accountScope = soughtId.optional().meta({
  description: 'Another account, or `all`. Only with `admin`.',
});

/** Whose a list is. */
@Injectable()
export class AccountScope {
  constructor(private readonly usage: UsageRecorder) {}

  /**
   * The account that a list is of; undefined for all.
   *
   * @throws ForbiddenError when that reaches beyond the caller's own account and the caller is no admin
   */
  of(principal: Principal, asked: string | undefined): string | undefined {
    if (asked === undefined || asked === principal.accountId) return principal.accountId;
    if (!isAdmin(principal)) throw new ForbiddenError({ permissions: [ADMIN] }, REALM);
    this.usage.notePermission(principal.keyId, ADMIN);
    return asked === 'all' ? undefined : asked;
  }
}
