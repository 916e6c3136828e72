import { Module } from '@nestjs/common';
import { Idempotency } from '../idempotency/idempotency.js';
import { IdempotentRequestRepository } from '../idempotency/idempotent-request.repository.js';
import { ApiKeyController } from './api-key.controller.js';
import { OwnKeyController } from './own-key.controller.js';

/** `/v1/api-keys` and `/v1/me/key`. */
@Module({
  controllers: [ApiKeyController, OwnKeyController],
  providers: [Idempotency, IdempotentRequestRepository],
})
export class ApiKeyModule {}
