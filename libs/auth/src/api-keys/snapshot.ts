import type { AuditState } from '../audit/audit-event.entity.js';
import type { ApiKey } from './api-key.entity.js';

/** What the audit log keeps of a key: everything that can change, in the words of the API, and no secret. */
export function snapshotOf(key: ApiKey): AuditState {
  return {
    name: key.name,
    environment: key.environment,
    tier: key.tier,
    permissions: copy(key.permissions),
    methods: copy(key.methods),
    allowed_ips: copy(key.allowedIps),
    rate_limit: key.rateLimit,
    metadata: key.metadata,
    expires_at: iso(key.expiresAt),
    disabled_at: iso(key.disabledAt),
    revoked_at: iso(key.revokedAt),
    tokens_not_before: iso(key.tokensNotBefore),
    rotated_from: key.rotatedFrom,
    rotated_to: key.rotatedTo,
  };
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

/** A snapshot does not change with what it was taken of. */
const copy = (list: readonly string[] | null): string[] | null => list?.slice() ?? null;
