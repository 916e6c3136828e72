import {
  AuditService,
  CurrentPrincipal,
  RequirePermission,
  type Principal,
} from '@clary/nestjs-auth';
import { Controller, Get, Query } from '@nestjs/common';
import { AccountScope } from '../http/account-scope.js';
import { toPage, type Page } from '../http/pagination.js';
import { Operation } from '../openapi/operation.decorator.js';
import { Resource } from '../openapi/resource.decorator.js';
import {
  auditEventList,
  listAuditEvents,
  presentAuditEvent,
  type AuditEventItem,
  type ListAuditEvents,
} from './audit-event.schema.js';

/** `/v1/audit-events` */
@Resource('Audit', 'Who changed what, and when. Nothing is ever changed in it.')
@Controller('v1/audit-events')
export class AuditEventController {
  constructor(
    private readonly audit: AuditService,
    private readonly scope: AccountScope,
  ) {}

  /** `GET /v1/audit-events` */
  @Get()
  @Operation({
    id: 'listAuditEvents',
    summary: 'List audit events',
    description: 'The events of the account, newest first.',
    answers: { 200: { description: 'A page.', schema: auditEventList } },
  })
  @RequirePermission('audit:read')
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listAuditEvents }) query: ListAuditEvents,
  ): Promise<Page<AuditEventItem>> {
    const { key_id: keyId, account_id, ...rest } = query;
    const accountId = this.scope.of(principal, account_id);
    const [events, total] = await this.audit.list({ ...rest, keyId, accountId });
    return toPage(events.map(presentAuditEvent), total, query);
  }
}
