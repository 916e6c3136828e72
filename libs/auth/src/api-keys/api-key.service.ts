import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountRepository } from '../accounts/account.repository.js';
import { SYSTEM, type ChangeOptions } from '../actor.js';
import type { AuditAction } from '../audit/audit-event.entity.js';
import { AuthSettings } from '../auth.settings.js';
import { Transactions } from '../database/transactions.js';
import { ACCOUNT_ID_PREFIX, isId, KEY_ID_PREFIX } from '../credential/identifiers.js';
import {
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  InvalidApiKeyRequestError,
} from './api-key.errors.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyPolicy, type BoundActor } from './api-key.policy.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { isAlive, statusOf } from './api-key.state.js';
import { AuditedApiKeys } from './audited-api-keys.js';
import { checkKey } from './check-api-key.js';
import {
  buildApiKey,
  buildSuccessor,
  type IssueApiKey,
  type IssuedApiKey,
} from './issue-api-key.js';
import { applyPatch, isProlonged, isRevival, type PatchApiKey } from './patch-api-key.js';
import { snapshotOf } from './snapshot.js';

/** What a change is made with. */
interface Change {
  readonly now: Date;
  readonly bound: BoundActor;
  readonly manager: EntityManager;
}

/**
 * The life of an API key: issued and shown once, changed, rotated, revoked. Every change is one transaction, under a lock
 * on the account, with its line in the audit log. A caller is bound by the ceiling of its own rights, before and after.
 */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly accounts: AccountRepository,
    private readonly transactions: Transactions,
    private readonly policy: ApiKeyPolicy,
    private readonly audited: AuditedApiKeys,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Makes a key for an account and stores its record.
   *
   * @throws InvalidApiKeyRequestError, CeilingError
   * @throws ApiKeyNotFoundError for an account that the caller does not reach
   * @throws ApiKeyConflictError when the account has as many keys as its tier allows
   */
  issue(request: IssueApiKey, options: ChangeOptions = {}): Promise<IssuedApiKey> {
    const { actor = SYSTEM } = options;
    return this.transactions.run(options.manager, async (manager) => {
      this.policy.assertReaches(actor, request.accountId);
      const account = isId(ACCOUNT_ID_PREFIX, request.accountId)
        ? await this.accounts.lock(request.accountId, manager)
        : null;
      const bound = await this.policy.bind(actor, manager);
      if (account === null) throw new InvalidApiKeyRequestError('accountId', 'names no account');
      const now = new Date();
      const expiresAt = this.policy.expiryOf(request.expiresAt, actor, now);
      const issued = buildApiKey({ ...request, expiresAt }, { account, actor, now }, this.settings);
      this.policy.assertWithin(bound, issued.record);
      await this.policy.assertRoom(account, now, manager);
      await this.audited.insert(issued.record, actor, manager);
      return issued;
    });
  }

  /** @throws ApiKeyNotFoundError */
  async get(id: string, { manager, actor = SYSTEM }: ChangeOptions = {}): Promise<ApiKey> {
    const key = isId(KEY_ID_PREFIX, id) ? await this.keys.findById(id, manager) : null;
    if (key === null) throw new ApiKeyNotFoundError();
    this.policy.assertReaches(actor, key.accountId);
    return key;
  }

  /**
   * Changes what the request names; what it leaves out stays.
   *
   * @throws InvalidApiKeyRequestError, CeilingError, ApiKeyNotFoundError
   * @throws ApiKeyConflictError for a revoked key; for a key with a successor, which is not prolonged; and when the
   *   account has as many keys as its tier allows
   */
  patch(id: string, changes: PatchApiKey, options: ChangeOptions = {}): Promise<ApiKey> {
    return this.change(id, 'api_key.updated', options, async (key, { now, bound, manager }) => {
      if (key.revokedAt !== null) throw new ApiKeyConflictError('The key is revoked');
      const { disabledAt, expiresAt } = key;
      applyPatch(key, changes, now);
      checkKey(key, changes, this.settings, now);
      if (changes.expiresAt !== undefined)
        this.policy.expiryOf(changes.expiresAt, bound.actor, now);
      if (key.rotatedTo === null) {
        if (isRevival({ disabledAt, expiresAt }, key))
          await this.policy.assertRoom(key.account, now, manager, key.id);
      } else if (isProlonged(expiresAt, key.expiresAt))
        throw new ApiKeyConflictError('The key has a successor');
    });
  }

  /**
   * Replaces a key by a new one that inherits everything but `tokensNotBefore`. The old one works on until the end of
   * the grace, or its own expiry if that is earlier; its own predecessor, if in grace, ends now.
   *
   * @param gracePeriod milliseconds; 0: the old key is refused from now on
   * @throws CeilingError, ApiKeyNotFoundError
   * @throws ApiKeyConflictError unless the key is active and has no successor
   */
  rotate(id: string, gracePeriod: number, options: ChangeOptions = {}): Promise<IssuedApiKey> {
    let issued: IssuedApiKey | undefined;
    return this.change(id, 'api_key.rotated', options, async (key, change) => {
      const { now, bound, manager } = change;
      const { actor } = bound;
      if (key.rotatedTo !== null) throw new ApiKeyConflictError('The key has a successor');
      const status = statusOf(key, now);
      if (status !== 'active') throw new ApiKeyConflictError(`The key is ${status}`);
      const expiresAt = this.policy.inheritedExpiry(key.expiresAt, actor, now);
      issued = buildSuccessor(key, expiresAt, { actor, now }, this.settings);
      this.policy.assertWithin(bound, issued.record);
      await this.keys.insert(issued.record, manager);
      await this.endGrace(key.rotatedFrom, change);
      const graceEnd = new Date(now.getTime() + gracePeriod);
      key.rotatedTo = issued.record.id;
      if (key.expiresAt === null || key.expiresAt > graceEnd) key.expiresAt = graceEnd;
    }).then(() => issued as IssuedApiKey);
  }

  /** Revokes a key for good; a second time changes nothing. A key may always revoke itself. */
  revoke(id: string, options: ChangeOptions = {}): Promise<ApiKey> {
    return this.change(id, 'api_key.revoked', options, (key, { now }) => {
      key.revokedAt ??= now;
    });
  }

  /**
   * Refuses every JWT that was issued before the next whole second; the key itself stays.
   *
   * @throws ApiKeyConflictError for a revoked key
   */
  revokeTokens(id: string, options: ChangeOptions = {}): Promise<ApiKey> {
    return this.change(id, 'api_key.tokens_revoked', options, (key, { now }) => {
      if (key.revokedAt !== null) throw new ApiKeyConflictError('The key is revoked');
      key.tokensNotBefore = new Date((Math.floor(now.getTime() / 1000) + 1) * 1000);
    });
  }

  private change(
    id: string,
    action: AuditAction,
    options: ChangeOptions,
    work: (key: ApiKey, change: Change) => Promise<void> | void,
  ): Promise<ApiKey> {
    const { actor = SYSTEM } = options;
    return this.transactions.run(options.manager, async (manager) => {
      const { accountId } = await this.get(id, { manager, actor });
      await this.accounts.lock(accountId, manager);
      const bound = await this.policy.bind(actor, manager);
      const key = await this.keys.lock(id, manager);
      const before = snapshotOf(key);
      const assertWithin =
        action === 'api_key.revoked' && this.policy.isSelf(bound, key)
          ? () => undefined
          : () => this.policy.assertWithin(bound, key);
      assertWithin();
      await work(key, { now: new Date(), bound, manager });
      assertWithin();
      await this.audited.save(key, { action, actor }, before, manager);
      return key;
    });
  }

  /** One predecessor in grace at most: that of a key which is replaced again works no longer. */
  private async endGrace(id: string | null, { now, bound, manager }: Change): Promise<void> {
    if (id === null) return;
    const key = await this.keys.lock(id, manager);
    if (!isAlive(key, now)) return;
    const before = snapshotOf(key);
    key.expiresAt = now;
    const done = { action: 'api_key.updated', actor: bound.actor } as const;
    await this.audited.save(key, done, before, manager);
  }
}
