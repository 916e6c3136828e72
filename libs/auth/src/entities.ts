import { Account } from './accounts/account.entity.js';
import { ApiKey } from './api-keys/api-key.entity.js';
import { AuditEvent } from './audit/audit-event.entity.js';
import { MasterKeyCheck } from './master-keys/master-key-check.entity.js';
import { AppliedConfiguration } from './reconciliation/applied-configuration.entity.js';

/** The entities of this package, for the `entities` option of a TypeORM `DataSource`. */
export const authEntities = [Account, ApiKey, AppliedConfiguration, AuditEvent, MasterKeyCheck];
