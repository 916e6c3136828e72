import type { AuditState } from '../audit/audit-event.entity.js';
import type { Account } from './account.entity.js';

/** What the audit log keeps of an account: everything that can change, in the words of the API. */
export function snapshotOf({ name, tier, status }: Account): AuditState {
  return { name, tier, status };
}
