import { Account } from './accounts/account.entity.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { AuditEvent } from './audit/audit-event.entity.js';
import { MasterKeyCheck } from './master-keys/master-key-check.entity.js';
import { AppliedConfiguration } from './reconciliation/applied-configuration.entity.js';
import { KeyUse } from './usage/key-use.entity.js';
import { PermissionUse } from './usage/permission-use.entity.js';
import { UsageCount } from './usage/usage-count.entity.js';
import { UsageWriter } from './usage/usage-writer.entity.js';

/** The entities of this package, for the `entities` option of a TypeORM `DataSource`. */
export const authEntities = [
  Account,
  ApiKey,
  AppliedConfiguration,
  AuditEvent,
  KeyUse,
  MasterKeyCheck,
  PermissionUse,
  UsageCount,
  UsageWriter,
];
