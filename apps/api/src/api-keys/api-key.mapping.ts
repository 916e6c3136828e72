import type { ApiKeyFilter, IssueApiKey, PatchApiKey, Principal } from '@clary/nestjs-auth';
import { given } from '../http/given.js';
import type { CreateApiKey, ListApiKeys, PatchApiKeyRequest } from './api-key.requests.js';

/** A request for a key in the words of the service. */
export function toIssue(
  body: CreateApiKey,
  { accountId }: Pick<Principal, 'accountId'>,
): IssueApiKey {
  const { name, permissions, account_id = accountId } = body;
  return {
    accountId: account_id,
    name,
    permissions,
    ...given({
      tier: body.tier,
      environment: body.environment,
      methods: body.methods,
      rateLimit: body.rate_limit,
      expiresAt: body.expires_at,
      allowedIps: body.allowed_ips,
      metadata: body.metadata,
    }),
  };
}

/** A change of a key in the words of the service. */
export function toPatch(body: PatchApiKeyRequest): PatchApiKey {
  return given({
    name: body.name,
    permissions: body.permissions,
    tier: body.tier,
    methods: body.methods,
    rateLimit: body.rate_limit,
    expiresAt: body.expires_at,
    allowedIps: body.allowed_ips,
    metadata: body.metadata === null ? {} : body.metadata,
    status: body.status,
  });
}

/** The query of a list in the words of the service. */
export function toFilter(
  { status, environment, expiring_within, limit, offset }: ListApiKeys,
  accountId: string | undefined,
  now: Date,
): ApiKeyFilter {
  const expiresBefore =
    expiring_within === undefined ? undefined : new Date(now.getTime() + expiring_within * 1000);
  return { accountId, status, environment, expiresBefore, limit, offset };
}
