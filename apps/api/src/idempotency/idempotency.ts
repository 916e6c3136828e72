import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { ApiError } from '../http/api.error.js';
import type { IdempotentRequest } from './idempotent-request.entity.js';
import { IdempotentRequestRepository, type RequestScope } from './idempotent-request.repository.js';

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
  constructor(
    private readonly dataSource: DataSource,
    private readonly requests: IdempotentRequestRepository,
  ) {}

  /**
   * @param work does it, in the given transaction if there is one
   * @returns what the work made, or what it made the first time
   * @throws ApiError 409 while the first request is under way, 422 when this one asks for something else
   */
  async once<Answer extends object, Work extends Made<Answer>>(
    request: OnceOnly,
    work: (manager?: EntityManager) => Promise<Work>,
  ): Promise<Work | (Made<Answer> & { readonly replayed: true })> {
    const { keyId, route, idempotencyKey, body } = request;
    if (idempotencyKey === undefined) return work();
    const scope = { keyId, route, idempotencyKey };
    const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest();
    return this.dataSource.transaction(async (manager) => {
      const earlier = await this.findEarlier(scope, fingerprint, manager);
      if (earlier !== null)
        return { location: earlier.location, answer: earlier.answer as Answer, replayed: true };
      const made = await work(manager);
      const { location, answer } = made;
      const createdAt = new Date();
      await this.requests.save({ ...scope, fingerprint, location, answer, createdAt }, manager);
      return made;
    });
  }

  private async findEarlier(
    scope: RequestScope,
    fingerprint: Buffer,
    manager: EntityManager,
  ): Promise<IdempotentRequest | null> {
    if (!(await this.requests.tryLock(scope, manager)))
      throw new ApiError(409, { message: 'A request of this Idempotency-Key is still under way' });
    const forgotten = new Date(Date.now() - MEMORY);
    await this.requests.forget(forgotten, manager);
    const earlier = await this.requests.find(scope, forgotten, manager);
    if (earlier !== null && !earlier.fingerprint.equals(fingerprint))
      throw new ApiError(422, { message: 'This Idempotency-Key was used for another request' });
    return earlier;
  }
}
