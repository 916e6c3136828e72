import { Module } from '@nestjs/common';
import { Idempotency } from '../idempotency/idempotency.js';
import { IdempotentRequestRepository } from '../idempotency/idempotent-request.repository.js';
import { AccountScope } from '../http/account-scope.js';
import { ApiKeyController } from './api-key.controller.js';
import { ApiKeyPresenter } from './api-key.presenter.js';
import { OwnKeyController } from './own-key.controller.js';
import { PermissionsInUseController } from './permissions-in-use.controller.js';

/** `/v1/api-keys` and `/v1/me/key`. */
@Module({
  controllers: [ApiKeyController, OwnKeyController, PermissionsInUseController],
  providers: [AccountScope, ApiKeyPresenter, Idempotency, IdempotentRequestRepository],
})
export class ApiKeyModule {}
