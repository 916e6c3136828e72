import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Account } from '../accounts/account.entity.js';
import type { Actor } from '../actor.js';
import { AuthSettings } from '../auth.settings.js';
import { ADMIN } from '../permission.js';
import { attributedTo, Refusal } from '../refusal.js';
import { UsageRecorder } from '../usage/usage-recorder.js';
import type { ApiKey } from './api-key.entity.js';
import {
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  CeilingError,
  InvalidApiKeyRequestError,
} from './api-key.errors.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { assertUsable } from './api-key.state.js';
import { excessOf, isAdmin, isLifted, lostBy, type Ceiling } from './ceiling.js';

/** Who changes something, and how far that reaches. */
export interface BoundActor {
  readonly actor: Actor;
  /** Null: as far as makes sense. */
  readonly ceiling: (Ceiling & { readonly key: ApiKey }) | null;
}

/** Who may do what with which key. */
@Injectable()
export class ApiKeyPolicy {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly settings: AuthSettings,
    private readonly usage: UsageRecorder,
  ) {}

  /**
   * Binds an actor by its own key as it is now. Call it under the lock on the account: a request may have waited for that
   * behind the very change that took its rights away.
   *
   * @throws Refusal when the actor would no longer be let in
   */
  async bind(actor: Actor, manager: EntityManager): Promise<BoundActor> {
    if (actor.type !== 'key') return { actor, ceiling: null };
    const { principal, ip } = actor;
    const { keyId, method, issuedAt } = principal;
    const key = await this.keys.findById(keyId, manager);
    if (key === null) throw new Refusal('unknown_key', keyId);
    const { environment } = this.settings;
    attributedTo(key, () =>
      assertUsable(key, { method, environment, now: new Date(), ip, issuedAt }),
    );
    return { actor, ceiling: { principal, key } };
  }

  /** @throws ApiKeyNotFoundError: what belongs to others is as if it were not there */
  assertReaches(actor: Actor, accountId: string): void {
    if (actor.type !== 'key' || actor.principal.accountId === accountId) return;
    if (!isAdmin(actor.principal)) throw new ApiKeyNotFoundError();
    this.usage.notePermission(actor.principal.keyId, ADMIN);
  }

  /** @throws CeilingError when the key reaches further than the actor, or the actor less far than when it was let in */
  assertWithin(bound: BoundActor, key: ApiKey): void {
    this.assertUndiminished(bound);
    const { ceiling } = bound;
    if (ceiling === null) return;
    const excess = excessOf(key, ceiling, this.settings);
    if (excess !== null) throw new CeilingError(excess);
    if (isLifted(key, ceiling, this.settings))
      this.usage.notePermission(ceiling.principal.keyId, ADMIN);
  }

  /** @throws CeilingError when the actor reaches less far than when it was let in */
  assertUndiminished({ ceiling }: BoundActor): void {
    const lost = ceiling === null ? null : lostBy(ceiling.principal, ceiling.key, this.settings);
    if (lost !== null) throw new CeilingError(lost);
  }

  /** Whether a key is changed by nobody but itself; a JWT that it signed is somebody else. */
  isSelf({ actor }: BoundActor, { id }: ApiKey): boolean {
    return (
      actor.type === 'key' && actor.principal.method === 'api_key' && actor.principal.keyId === id
    );
  }

  /**
   * Under a lock on the account, so that of several at once only as many get in as there is room for.
   *
   * @param keyId of the key that is to be used again; without one, of a new one
   * @throws ApiKeyConflictError when the account has as many keys as its tier allows
   */
  async assertRoom(account: Account, now: Date, manager: EntityManager, keyId = ''): Promise<void> {
    const limit = this.settings.keyPolicy.keyLimits[account.tier];
    if (limit === undefined) return;
    const others = await this.keys.countKept(account.id, keyId, now, manager);
    if (others >= limit)
      throw new ApiKeyConflictError(`The account has all ${limit} keys that its tier allows`);
  }

  /**
   * When a key that is made or changed expires.
   *
   * @param given undefined: not said
   * @throws InvalidApiKeyRequestError when it would live longer than any may
   */
  expiryOf(given: Date | null | undefined, actor: Actor, now: Date): Date | null {
    const latest = this.latestExpiry(actor, now);
    if (latest === null) return given ?? null;
    if (given === undefined) return latest;
    if (given === null || given > latest)
      throw new InvalidApiKeyRequestError('expiresAt', `must not be after ${latest.toISOString()}`);
    return given;
  }

  /** When a successor expires: as its predecessor would have, or earlier if none may live so long. */
  inheritedExpiry(inherited: Date | null, actor: Actor, now: Date): Date | null {
    const latest = this.latestExpiry(actor, now);
    return latest !== null && (inherited === null || inherited > latest) ? latest : inherited;
  }

  private latestExpiry({ type }: Actor, now: Date): Date | null {
    const { maxLifetime } = this.settings.keyPolicy;
    const isBound = type === 'key' || type === 'cli';
    return isBound && maxLifetime !== null ? new Date(now.getTime() + maxLifetime) : null;
  }
}
