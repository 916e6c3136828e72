import type { AuditState } from '../audit/audit-event.entity.js';
import type { ApiKey } from './api-key.entity.js';

/** What the audit log keeps of a key: everything that can change, in the words of the API, and no secret. */
export function snapshotOf(key: ApiKey): AuditState {
  return {
    name: key.name,
    environment: key.environment,
    tier: key.tier,
    permissions: [...key.permissions],
    methods: [...key.methods],
    allowed_ips: key.allowedIps?.slice() ?? null,
    rate_limit: key.rateLimit,
    metadata: key.metadata,
    expires_at: key.expiresAt?.toISOString() ?? null,
    disabled_at: key.disabledAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    tokens_not_before: key.tokensNotBefore?.toISOString() ?? null,
    rotated_from: key.rotatedFrom,
    rotated_to: key.rotatedTo,
  };
}
