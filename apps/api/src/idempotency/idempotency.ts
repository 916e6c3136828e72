import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { ApiError } from '../http/api.error.js';
import { IdempotentRequest } from './idempotent-request.entity.js';

/** Milliseconds for which a request is remembered. */
const MEMORY = 24 * 3_600_000;

/** A request that is to be carried out once, however often it is sent. */
export interface OnceOnly {
  /** The calling key. */
  readonly keyId: string;
  /** Method and path. */
  readonly route: string;
  /** `Idempotency-Key`; undefined: carry it out each time. */
  readonly idempotencyKey: string | undefined;
  /** What was asked for. */
  readonly body: unknown;
}

/** What a request has made. */
export interface Made<Answer> {
  /** Path of what was made. */
  readonly location: string;
  /** Without secrets: it is stored. */
  readonly answer: Answer;
}

/**
 * Carries requests out once (draft-ietf-httpapi-idempotency-key-header): the work and the memory of it are one
 * transaction, so that neither is ever there without the other.
 */
@Injectable()
export class Idempotency {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param work does it, in the given transaction if there is one
   * @returns what the work made, or what it made the first time
   * @throws ApiError 409 while the first request is under way, 422 when this one asks for something else
   */
  async once<Answer extends object, Work extends Made<Answer>>(
    request: OnceOnly,
    work: (manager?: EntityManager) => Promise<Work>,
  ): Promise<Work | (Made<Answer> & { readonly replayed: true })> {
    const { idempotencyKey } = request;
    if (idempotencyKey === undefined) return work();
    const row = toRow({ ...request, idempotencyKey });
    return this.dataSource.transaction(async (manager) => {
      const earlier = await findEarlier(row, manager);
      if (earlier !== null)
        return { location: earlier.location, answer: earlier.answer as Answer, replayed: true };
      const made = await work(manager);
      const { location, answer } = made;
      const values = { ...row, location, answer } as QueryDeepPartialEntity<IdempotentRequest>;
      await manager.insert(IdempotentRequest, values);
      return made;
    });
  }
}

type Scope = Pick<
  IdempotentRequest,
  'keyId' | 'route' | 'idempotencyKey' | 'fingerprint' | 'createdAt'
>;

function toRow({
  keyId,
  route,
  idempotencyKey,
  body,
}: OnceOnly & { idempotencyKey: string }): Scope {
  const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest();
  return { keyId, route, idempotencyKey, fingerprint, createdAt: new Date() };
}

async function findEarlier(
  { keyId, route, idempotencyKey, fingerprint, createdAt }: Scope,
  manager: EntityManager,
): Promise<IdempotentRequest | null> {
  const scope = [keyId, route, idempotencyKey].join(' ');
  const [lock] = await manager.query<{ taken: boolean }[]>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken',
    [scope],
  );
  if (lock?.taken !== true)
    throw new ApiError(409, { message: 'A request of this Idempotency-Key is still under way' });
  await manager.delete(IdempotentRequest, {
    createdAt: LessThan(new Date(createdAt.getTime() - MEMORY)),
  });
  const earlier = await manager.findOneBy(IdempotentRequest, { keyId, route, idempotencyKey });
  if (earlier !== null && !earlier.fingerprint.equals(fingerprint))
    throw new ApiError(422, { message: 'This Idempotency-Key was used for another request' });
  return earlier;
}
