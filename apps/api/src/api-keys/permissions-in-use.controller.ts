import { ApiKeyService, RequirePermission, UsageService, type KeyActor } from '@clary/nestjs-auth';
import { Controller, Get, Param } from '@nestjs/common';
import { CurrentActor } from '../http/actor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import { getPermissionsInUse } from './api-key.operations.js';
import { presentPermissionsInUse, type PermissionsInUseItem } from './permissions-in-use.schema.js';

/** `/v1/api-keys/{id}/permissions-in-use` */
@Resource('API keys', 'Keys, and all that becomes of them.')
@Controller('v1/api-keys/:id/permissions-in-use')
export class PermissionsInUseController {
  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly usage: UsageService,
  ) {}

  /** `GET /v1/api-keys/{id}/permissions-in-use` */
  @Get()
  @Operation(getPermissionsInUse)
  @RequirePermission('api-keys:read')
  async get(
    @CurrentActor() actor: KeyActor,
    @Param('id') id: string,
  ): Promise<PermissionsInUseItem> {
    const key = await this.apiKeys.get(id, { actor });
    return presentPermissionsInUse(key, await this.usage.findPermissionsInUse(key));
  }
}
