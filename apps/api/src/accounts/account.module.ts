import { Module } from '@nestjs/common';
import { AccountController } from './account.controller.js';

/** `/v1/accounts`. */
@Module({ controllers: [AccountController] })
export class AccountModule {}
