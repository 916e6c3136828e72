import {
  ApiKeyService,
  AuthSettings,
  ForbiddenError,
  RequireAuthentication,
  type KeyActor,
} from '@clary/nestjs-auth';
import { Controller, Delete } from '@nestjs/common';
import { CurrentActor } from '../http/actor.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import { revokeOwnKey } from './api-key.operations.js';
import { ApiKeyPresenter } from './api-key.presenter.js';
import type { ApiKeyItem } from './api-key.schema.js';

/** `/v1/me/key`: the key that calls. */
@Resource('Caller', 'Who you are here.')
@Controller('v1/me/key')
export class OwnKeyController {
  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly presenter: ApiKeyPresenter,
    private readonly settings: AuthSettings,
  ) {}

  /** `DELETE /v1/me/key` */
  @Delete()
  @Operation(revokeOwnKey)
  @RequireAuthentication()
  async revoke(@CurrentActor() actor: KeyActor): Promise<ApiKeyItem> {
    const { keyId, method } = actor.principal;
    if (method === 'jwt')
      throw new ForbiddenError({ permissions: [] }, this.settings.format.prefix);
    return this.presenter.one(await this.apiKeys.revoke(keyId, { actor }));
  }
}
