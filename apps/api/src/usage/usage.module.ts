import { Module } from '@nestjs/common';
import { AccountScope } from '../http/account-scope.js';
import { UsageController } from './usage.controller.js';

/** `/v1/usage`. */
@Module({ controllers: [UsageController], providers: [AccountScope] })
export class UsageModule {}
