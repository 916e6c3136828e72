import type { DesiredKey, DesiredState, Notice } from '@clary/nestjs-auth';
import type { ConfigFileContent, ConfigFileKey } from './config-file.schema.js';

/** What a file says, in the words of the library. */
export function toDesiredState({ revision, accounts, keys }: ConfigFileContent): DesiredState {
  return { revision, accounts, keys: keys.map(toDesiredKey) };
}

function toDesiredKey(key: ConfigFileContent['keys'][number]): DesiredKey {
  return {
    id: key.id,
    accountId: key.account,
    name: key.name,
    verifier: key.verifier,
    sealedDigest: key.sealed_digest,
    environment: key.environment,
    tier: key.tier,
    permissions: key.permissions,
    methods: key.methods,
    rateLimit: key.rate_limit,
    expiresAt: key.expires_at,
    allowedIps: key.allowed_ips,
    metadata: key.metadata,
    status: key.status,
  };
}

/** A key as the file says it; what has its default is left out. */
export function toFileKey(key: DesiredKey): ConfigFileKey {
  const { methods, permissions } = key;
  const members: { [Name in keyof ConfigFileKey]: ConfigFileKey[Name] | null | undefined } = {
    id: key.id,
    account: key.accountId,
    name: key.name,
    environment: key.environment,
    tier: key.tier,
    permissions: [...permissions],
    methods: methods?.slice(),
    rate_limit: key.rateLimit,
    expires_at: key.expiresAt?.toISOString(),
    allowed_ips: key.allowedIps?.slice(),
    metadata: key.metadata,
    status: key.status,
    verifier: key.verifier.toString('base64'),
    sealed_digest: key.sealedDigest.toString('base64'),
  };
  const said = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(said) as ConfigFileKey;
}

/** A place in the desired state as the file has it. */
export function toFilePath(path: Notice['path']): Notice['path'] {
  return path.map((part) => {
    if (part === 'accountId') return 'account';
    return typeof part === 'number'
      ? part
      : part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  });
}
