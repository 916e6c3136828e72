import { Injectable } from '@nestjs/common';
import type { SealedDigest, SealedDigestRepository } from '../api-keys/sealed-digest.repository.js';
import type { MasterKeyCheckValue } from '../credential/master-keys.js';
import type { MasterKeyRepository } from '../master-keys/master-key.repository.js';
import type { Offered } from './in-memory-store.js';

/** No master key was ever used before. */
@Injectable()
export class InMemoryMasterKeyRepository implements Offered<MasterKeyRepository> {
  insertNew(): Promise<void> {
    return Promise.resolve();
  }

  findAll(): Promise<MasterKeyCheckValue[]> {
    return Promise.resolve([]);
  }
}

/** Nothing outlives the master key that it was sealed under. */
@Injectable()
export class InMemorySealedDigestRepository implements Offered<SealedDigestRepository> {
  countByVersion(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map());
  }

  findOthers(): Promise<SealedDigest[]> {
    return Promise.resolve([]);
  }

  replace(): Promise<number> {
    return Promise.resolve(0);
  }
}
