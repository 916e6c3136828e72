import {
  CurrentPrincipal,
  RequirePermission,
  RequireTier,
  UsageService,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, Query } from '@nestjs/common';
import { AccountScope } from '../http/account-scope.js';
import { ApiError } from '../http/api.error.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import { listUsageOperation } from './usage.operations.js';
import {
  listUsage,
  MAX_COUNTS,
  presentUsage,
  toUsageFilter,
  type ListUsage,
  type UsageList,
} from './usage.schema.js';

/** `/v1/usage` */
@Resource('Usage', 'Which keys are used, for what, and how often.')
@Controller('v1/usage')
export class UsageController {
  constructor(
    private readonly usage: UsageService,
    private readonly scope: AccountScope,
  ) {}

  /** `GET /v1/usage` */
  @Get()
  @Operation(listUsageOperation)
  @RequireTier('professional')
  @RequirePermission('usage:read')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listUsage }) query: ListUsage,
  ): Promise<UsageList> {
    const accountId = this.scope.of(principal, query.account_id);
    const counts = await this.usage.list(toUsageFilter(query, accountId));
    if (counts.length > MAX_COUNTS) {
      const message = `leaves more than ${MAX_COUNTS} counts: ask for less time, for days, or for one key`;
      throw new ApiError(422, { details: [{ field: 'from', message }] });
    }
    return { data: counts.map(presentUsage) };
  }
}
