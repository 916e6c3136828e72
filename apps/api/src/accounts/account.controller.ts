import { AccountService, RequirePermission, type KeyActor } from '@clary/nestjs-auth';
import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CurrentActor } from '../http/actor.js';
import { given } from '../http/given.js';
import { toPage, type Page } from '../http/pagination.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import * as operations from './account.operations.js';
import {
  createAccount,
  listAccounts,
  patchAccount,
  presentAccount,
  type AccountItem,
  type CreateAccountRequest,
  type ListAccounts,
  type PatchAccountRequest,
} from './account.schema.js';

/** `/v1/accounts` */
@Resource('Accounts', 'Customers, for those who run the service.')
@RequirePermission('admin')
@Controller('v1/accounts')
export class AccountController {
  constructor(private readonly accounts: AccountService) {}

  /** `POST /v1/accounts` */
  @Post()
  @Operation(operations.createAccountOperation)
  async create(
    @CurrentActor() actor: KeyActor,
    @Body({ schema: createAccount }) body: CreateAccountRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountItem> {
    const account = await this.accounts.create(body, { actor });
    void reply.header('Location', `/v1/accounts/${account.id}`);
    return presentAccount(account);
  }

  /** `GET /v1/accounts` */
  @Get()
  @Operation(operations.listAccountsOperation)
  async list(@Query({ schema: listAccounts }) query: ListAccounts): Promise<Page<AccountItem>> {
    const [accounts, total] = await this.accounts.list(query);
    return toPage(accounts.map(presentAccount), total, query);
  }

  /** `GET /v1/accounts/{id}` */
  @Get(':id')
  @Operation(operations.getAccount)
  async get(@Param('id') id: string): Promise<AccountItem> {
    return presentAccount(await this.accounts.get(id));
  }

  /** `PATCH /v1/accounts/{id}` */
  @Patch(':id')
  @Operation(operations.patchAccountOperation)
  async patch(
    @CurrentActor() actor: KeyActor,
    @Param('id') id: string,
    @Body({ schema: patchAccount }) body: PatchAccountRequest,
  ): Promise<AccountItem> {
    return presentAccount(await this.accounts.patch(id, given(body), { actor }));
  }
}
