import { AUDIT_ACTIONS, type AuditEvent } from '@clary/nestjs-auth';
import { z } from 'zod';
import { accountScope } from '../http/account-scope.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { soughtId, time } from '../http/request-values.js';
import { identifier, timestamp } from '../http/shapes.js';

const action = z.enum(AUDIT_ACTIONS).meta({
  description: 'What was done.',
  examples: ['api_key.created'],
});

/** `GET /v1/audit-events` */
export const listAuditEvents = z.strictObject({
  ...pageQuery,
  key_id: soughtId
    .optional()
    .meta({ description: 'Only what this key did, or what was done to it.' }),
  action: action.optional().meta({ description: 'Only this.' }),
  from: time.optional().meta({ description: 'Only from this time on.' }),
  to: time.optional().meta({ description: 'Only before this time.' }),
  account_id: accountScope,
});

const state = z.record(z.string(), z.unknown()).nullable();

const actor = z
  .strictObject({
    type: z.enum(['key', 'cli', 'config', 'system']).meta({
      description: 'A caller with a key, or the operator: command line, configuration, software.',
      examples: ['key'],
    }),
    key_id: identifier('key').nullable().meta({ description: 'The public id of that key.' }),
    subject: z
      .string()
      .nullable()
      .meta({
        description: 'The `sub` of the JWT, if it called with one.',
        examples: ['user-17'],
      }),
  })
  .meta({ description: 'Who did it.' });

const target = z
  .strictObject({
    type: z.enum(['api_key', 'account', 'audit']).meta({
      description: 'What kind of thing; `audit` for the log itself.',
      examples: ['api_key'],
    }),
    id: z
      .string()
      .nullable()
      .meta({ description: 'Its id.', examples: ['key_4fTq8ZpL0sWx2Yb7'] }),
  })
  .meta({ description: 'What it was done to.' });

/** An event as it is shown. */
export const auditEventItem = z
  .strictObject({
    id: identifier('evt').meta({ description: 'The id of the event.' }),
    at: timestamp.meta({ description: 'When it was done.' }),
    action,
    actor,
    account_id: identifier('acct').nullable().meta({ description: 'Whose it is.' }),
    target,
    before: state.meta({
      description: 'What it was; null for something new.',
      examples: [{ name: 'Importer', disabled_at: null }],
    }),
    after: state.meta({
      description:
        'What it is from then on, without secrets; of refusals, `reason` and `count` in one minute.',
      examples: [{ name: 'Invoice importer', disabled_at: null }],
    }),
    request_id: z
      .string()
      .nullable()
      .meta({
        description: 'Of the request that did it, or of the first one that was refused.',
        examples: ['req_4fTq8ZpL0sWx2Yb7'],
      }),
    ip: z
      .string()
      .nullable()
      .meta({ description: "The client's address.", examples: ['192.0.2.7'] }),
  })
  .meta({ id: 'AuditEvent', description: 'One line of the audit log.' });

/** A page of events. */
export const auditEventList = pageOf(auditEventItem).meta({
  id: 'AuditEventList',
  description: 'A page of events, newest first.',
});

/** Which events are asked for. */
export type ListAuditEvents = z.infer<typeof listAuditEvents>;
/** An event as it is shown. */
export type AuditEventItem = z.infer<typeof auditEventItem>;

/** An event in the words of the API. */
export function presentAuditEvent(event: AuditEvent): AuditEventItem {
  return {
    id: event.id,
    at: event.at.toISOString(),
    action: event.action,
    actor: event.actor,
    account_id: event.accountId,
    target: event.target,
    before: event.before,
    after: event.after,
    request_id: event.requestId,
    ip: event.ip,
  };
}
