import { Module } from '@nestjs/common';
import { AccountScope } from '../http/account-scope.js';
import { AuditEventController } from './audit-event.controller.js';

/** `/v1/audit-events`. */
@Module({ controllers: [AuditEventController], providers: [AccountScope] })
export class AuditEventModule {}
