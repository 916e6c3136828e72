import { Module } from '@nestjs/common';
import { AuditEventController } from './audit-event.controller.js';

/** `/v1/audit-events`. */
@Module({ controllers: [AuditEventController] })
export class AuditEventModule {}
