import { Injectable } from '@nestjs/common';
import { MoreThan, type EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { IdempotentRequest } from './idempotent-request.entity.js';

/** What tells one request from another. */
export type RequestScope = Pick<IdempotentRequest, 'keyId' | 'route' | 'idempotencyKey'>;

/** Rows that one request forgets of those that nobody asks for any more. */
const FORGOTTEN_AT_ONCE = 100;

/** Requests that were carried out under an `Idempotency-Key`, as they are stored; always in a transaction of the caller's. */
@Injectable()
export class IdempotentRequestRepository {
  /** Keeps others of this scope out until the transaction ends; false when another is in already. Does not wait. */
  async tryLock(scope: RequestScope, manager: EntityManager): Promise<boolean> {
    const { keyId, route, idempotencyKey } = scope;
    const [row] = await manager.query<{ taken: boolean }[]>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
      [[keyId, route, idempotencyKey].join(' ')],
    );
    return row?.taken === true;
  }

  /** What was carried out in this scope after a time, or null. */
  find(
    { keyId, route, idempotencyKey }: RequestScope,
    after: Date,
    manager: EntityManager,
  ): Promise<IdempotentRequest | null> {
    const createdAt = MoreThan(after);
    return manager.findOneBy(IdempotentRequest, { keyId, route, idempotencyKey, createdAt });
  }

  /** Remembers a request, in place of an older one of its scope. */
  async save(request: IdempotentRequest, manager: EntityManager): Promise<void> {
    // An answer is any JSON, which TypeORM's type of a partial entity cannot say.
    const row = request as QueryDeepPartialEntity<IdempotentRequest>;
    await manager.upsert(IdempotentRequest, row, ['keyId', 'route', 'idempotencyKey']);
  }

  /** Forgets some of the requests before a time; passes over those that another transaction is at, and never waits. */
  async forget(before: Date, manager: EntityManager): Promise<void> {
    await manager.query(
      `DELETE FROM idempotent_requests WHERE (key_id, route, idempotency_key) IN (
         SELECT key_id, route, idempotency_key FROM idempotent_requests
         WHERE created_at <= $1 LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
      [before],
    );
  }
}
