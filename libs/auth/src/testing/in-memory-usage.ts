import { Injectable } from '@nestjs/common';
import type { KeyUse } from '../usage/key-use.entity.js';
import type { PermissionUsed, UsageRepository, UsageSum } from '../usage/usage.repository.js';
import type { Offered } from './in-memory-store.js';

/** Usage that keeps nothing. */
@Injectable()
export class InMemoryUsageRepository implements Offered<UsageRepository> {
  addOnce(): Promise<void> {
    return Promise.resolve();
  }

  sum(): Promise<UsageSum[]> {
    return Promise.resolve([]);
  }

  findKeyUses(): Promise<KeyUse[]> {
    return Promise.resolve([]);
  }

  findPermissionUses(): Promise<PermissionUsed[]> {
    return Promise.resolve([]);
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }
}
