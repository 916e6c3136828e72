export { AuthModule, type AuthModuleExtras } from './auth.module.js';
export { AuthGuard, type GuardedRequest } from './auth.guard.js';
export { AuthSettings, type AuthModuleOptions, type KeyPolicy } from './auth.settings.js';
export type { AuthTypes, Grant, Permission, Tier } from './auth-types.js';
export {
  AuthError,
  ForbiddenError,
  UnauthorizedError,
  UnavailableError,
  type AuthErrorCode,
  type ResponseHeaders,
  type MissingRights,
} from './auth.errors.js';
export { Refusal, type RefusalReason } from './refusal.js';

export { CurrentPrincipal } from './decorators/current-principal.decorator.js';
export { Public } from './decorators/public.decorator.js';
export { RequireAuthentication } from './decorators/require-authentication.decorator.js';
export { RequirePermission } from './decorators/require-permission.decorator.js';
export { RequireTier } from './decorators/require-tier.decorator.js';

export type { AuthenticationMethod, Principal } from './principal.js';
export { ENVIRONMENTS, type Environment } from './environment.js';
export { IpRange, isInRanges, normalizeIp } from './ip-range.js';
export { isName, NAME_RULE } from './name.js';
export { ADMIN, PermissionCatalogue } from './permission.js';
export { TierLadder } from './tier.js';

export { API_KEY_STRATEGY, JWT_STRATEGY } from './strategies/strategy-names.js';
export { ApiKeyStrategy } from './strategies/api-key.strategy.js';
export { JwtStrategy } from './strategies/jwt.strategy.js';
export { actorRequest, clientIp, type HeaderSource } from './strategies/request-credential.js';

export type { Handler, RouteRule } from './routes/route-rule.js';
export { RouteRules } from './routes/route-rules.js';

export type { ChangedAccount } from './accounts/audited-accounts.js';
export type { ChangedKey } from './api-keys/audited-api-keys.js';
export { Account, type AccountStatus } from './accounts/account.entity.js';
export {
  AccountConflictError,
  AccountNotFoundError,
  InvalidAccountRequestError,
} from './accounts/account.errors.js';
export type { AccountPage } from './accounts/account.repository.js';
export {
  AccountService,
  type CreateAccount,
  type PatchAccount,
} from './accounts/account.service.js';
export {
  SYSTEM,
  type Actor,
  type ActorRequest,
  type ChangeOptions,
  type KeyActor,
  type OperatorActor,
} from './actor.js';
export {
  AUDIT_ACTIONS,
  AuditEvent,
  type AuditAction,
  type AuditActor,
  type AuditState,
  type AuditTarget,
} from './audit/audit-event.entity.js';
export type { AuditEventFilter } from './audit/audit-event.repository.js';
export { AuditService, type AuditEntry } from './audit/audit.service.js';
export { ChangeListener, type ChangeChannelState } from './changes/change-listener.js';
export { RefusalRecorder } from './audit/refusal-recorder.js';
export { KeyUse } from './usage/key-use.entity.js';
export { PermissionUse } from './usage/permission-use.entity.js';
export type { PermissionsInUse } from './usage/permissions-in-use.js';
export { UsageCount } from './usage/usage-count.entity.js';
export { USAGE_OUTCOMES, type CountedRoute, type UsageOutcome } from './usage/usage-line.js';
export { UsageRecorder } from './usage/usage-recorder.js';
export type {
  PermissionUsed,
  UsageFilter,
  UsageGranularity,
  UsageSum,
} from './usage/usage.repository.js';
export { UsageService, type Usage } from './usage/usage.service.js';
export { UsageWriter } from './usage/usage-writer.entity.js';
export { ApiKey, type ApiKeySource } from './api-keys/api-key.entity.js';
export { ApiKeyAuthenticator, type AuthenticatedToken } from './api-keys/api-key.authenticator.js';
export type { FindAddress } from './api-keys/judge-credential.js';
export { ApiKeyDirectory } from './api-keys/api-key.directory.js';
export {
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  CeilingError,
  InvalidApiKeyRequestError,
} from './api-keys/api-key.errors.js';
export type { ApiKeyFilter } from './api-keys/api-key.repository.js';
export { ApiKeyService } from './api-keys/api-key.service.js';
export { isAdmin, type Excess } from './api-keys/ceiling.js';
export type { SettableMembers } from './api-keys/check-api-key.js';
export type { PatchApiKey } from './api-keys/patch-api-key.js';
export { statusOf, type ApiKeyLife, type ApiKeyStatus } from './api-keys/api-key.state.js';
export type { IssueApiKey, IssuedApiKey } from './api-keys/issue-api-key.js';
export { SEALED_VERSION_SQL } from './api-keys/sealed-digest.repository.js';
export { StoreUnavailableError } from './api-keys/store-unavailable.error.js';

export {
  ApiKeyFormat,
  type GeneratedApiKey,
  type KeyReading,
} from './credential/api-key-format.js';
export { isId, newId } from './credential/identifiers.js';
export {
  generateMasterKey,
  parseMasterKeys,
  MasterKeyRing,
  NoMasterKeyError,
  type MasterKey,
  type MasterKeyCheckValue,
} from './credential/master-keys.js';
export type { SealContext } from './credential/sealing.js';
export type { ClaimRules } from './credential/claim-rules.js';
export { CredentialExplainer, type ExplainOptions } from './explanation/credential-explainer.js';
export type { Explanation, RuleOutcome, RuleResult } from './explanation/explanation.js';
export { MasterKeyCheck } from './master-keys/master-key-check.entity.js';
export { MasterKeyService, WrongMasterKeyError } from './master-keys/master-key.service.js';
export { Resealer, type ResealReport } from './master-keys/resealer.js';

export { AppliedConfiguration } from './reconciliation/applied-configuration.entity.js';
export {
  digestOf,
  type DesiredAccount,
  type DesiredKey,
  type DesiredState,
} from './reconciliation/desired-state.js';
export {
  generateDesiredKey,
  type GeneratedDesiredKey,
} from './reconciliation/generate-desired-key.js';
export type {
  Change,
  MemberChange,
  Notice,
  ReconciliationPlan,
} from './reconciliation/plan-types.js';
export { InvalidDesiredStateError } from './reconciliation/reconciliation.errors.js';
export { ReconciliationService } from './reconciliation/reconciliation.service.js';

export { authEntities } from './entities.js';
