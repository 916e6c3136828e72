import {
  ApiKeyDirectory,
  ApiKeyService,
  AuthSettings,
  CurrentPrincipal,
  RequirePermission,
  type KeyActor,
  type Principal,
} from '@clary/nestjs-auth';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AccountScope } from '../http/account-scope.js';
import { CurrentActor } from '../http/actor.js';
import { toPage, type Page } from '../http/pagination.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.decorator.js';
import { Idempotency, type Made } from '../idempotency/idempotency.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import * as operations from './api-key.operations.js';
import {
  createApiKey,
  listApiKeys,
  patchApiKey,
  rotateApiKey,
  type CreateApiKey,
  type ListApiKeys,
  type PatchApiKeyRequest,
  type RotateApiKey,
} from './api-key.requests.js';
import { toFilter, toIssue, toPatch } from './api-key.mapping.js';
import { ApiKeyPresenter } from './api-key.presenter.js';
import { presentIssued, type ApiKeyItem, type IssuedApiKeyItem } from './api-key.schema.js';

/** What making a key gives; without the key itself where an earlier answer is repeated. */
type MadeKey = Made<ApiKeyItem> & { readonly key?: string; readonly replayed?: true };

/** `/v1/api-keys` */
@Resource('API keys', 'Keys, and all that becomes of them.')
@Controller('v1/api-keys')
export class ApiKeyController {
  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly directory: ApiKeyDirectory,
    private readonly presenter: ApiKeyPresenter,
    private readonly scope: AccountScope,
    private readonly idempotency: Idempotency,
    private readonly settings: AuthSettings,
  ) {}

  /** `POST /v1/api-keys` */
  @Post()
  @Operation(operations.createApiKeyOperation)
  @RequirePermission('api-keys:write')
  async create(
    @CurrentActor() actor: KeyActor,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Body({ schema: createApiKey }) body: CreateApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedApiKeyItem> {
    const { keyId } = actor.principal;
    const request = { keyId, route: 'POST /v1/api-keys', idempotencyKey, body };
    const made = await this.idempotency.once<ApiKeyItem, MadeKey>(request, async (manager) => {
      const issued = await this.apiKeys.issue(toIssue(body, actor.principal), { actor, manager });
      return presentIssued(issued, this.settings.format);
    });
    return answer(made, reply);
  }

  /** `GET /v1/api-keys` */
  @Get()
  @Operation(operations.listApiKeysOperation)
  @RequirePermission('api-keys:read')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listApiKeys }) query: ListApiKeys,
  ): Promise<Page<ApiKeyItem>> {
    const accountId = this.scope.of(principal, query.account_id);
    const [keys, total] = await this.directory.list(toFilter(query, accountId, new Date()));
    return toPage(await this.presenter.all(keys), total, query);
  }

  /** `GET /v1/api-keys/{id}` */
  @Get(':id')
  @Operation(operations.getApiKey)
  @RequirePermission('api-keys:read')
  async get(@CurrentActor() actor: KeyActor, @Param('id') id: string): Promise<ApiKeyItem> {
    return this.presenter.one(await this.apiKeys.get(id, { actor }));
  }

  /** `PATCH /v1/api-keys/{id}` */
  @Patch(':id')
  @Operation(operations.patchApiKeyOperation)
  @RequirePermission('api-keys:write')
  async patch(
    @CurrentActor() actor: KeyActor,
    @Param('id') id: string,
    @Body({ schema: patchApiKey }) body: PatchApiKeyRequest,
  ): Promise<ApiKeyItem> {
    return this.presenter.one(await this.apiKeys.patch(id, toPatch(body), { actor }));
  }

  /** `POST /v1/api-keys/{id}/rotate` */
  @Post(':id/rotate')
  @Operation(operations.rotateApiKeyOperation)
  @RequirePermission('api-keys:write')
  async rotate(
    @CurrentActor() actor: KeyActor,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @Param('id') id: string,
    @Body({ schema: rotateApiKey }) body: RotateApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedApiKeyItem> {
    // Requests are remembered by their path: one whose id is none is not to get that far.
    await this.apiKeys.get(id, { actor });
    const { keyId } = actor.principal;
    const route = `POST /v1/api-keys/${encodeURIComponent(id)}/rotate`;
    const request = { keyId, route, idempotencyKey, body };
    const grace = body.grace_period_seconds * 1000;
    const made = await this.idempotency.once<ApiKeyItem, MadeKey>(request, async (manager) => {
      const issued = await this.apiKeys.rotate(id, grace, { actor, manager });
      return presentIssued(issued, this.settings.format);
    });
    return answer(made, reply);
  }

  /** `POST /v1/api-keys/{id}/revoke-tokens` */
  @Post(':id/revoke-tokens')
  @HttpCode(200)
  @Operation(operations.revokeTokens)
  @RequirePermission('api-keys:write')
  async revokeTokens(
    @CurrentActor() actor: KeyActor,
    @Param('id') id: string,
  ): Promise<ApiKeyItem> {
    return this.presenter.one(await this.apiKeys.revokeTokens(id, { actor }));
  }

  /** `DELETE /v1/api-keys/{id}` */
  @Delete(':id')
  @Operation(operations.revokeApiKey)
  @RequirePermission('api-keys:write')
  async revoke(@CurrentActor() actor: KeyActor, @Param('id') id: string): Promise<ApiKeyItem> {
    return this.presenter.one(await this.apiKeys.revoke(id, { actor }));
  }
}

function answer(
  { location, answer: item, key, replayed }: MadeKey,
  reply: FastifyReply,
): IssuedApiKeyItem {
  void reply.header('Location', location).header('Cache-Control', 'no-store');
  if (replayed === true) void reply.header('Idempotency-Replayed', 'true');
  return key === undefined ? item : { ...item, key };
}
