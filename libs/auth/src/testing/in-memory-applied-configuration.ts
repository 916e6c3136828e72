import { Injectable } from '@nestjs/common';
import type {
  AppliedConfigurationRepository,
  AppliedRevision,
} from '../reconciliation/applied-configuration.repository.js';
import type { Offered } from './in-memory-store.js';

/** The applied revision, for as long as a test lives. */
@Injectable()
export class InMemoryAppliedConfigurationRepository implements Offered<AppliedConfigurationRepository> {
  private applied: AppliedRevision | null = null;

  lock(): Promise<void> {
    return Promise.resolve();
  }

  find(): Promise<AppliedRevision | null> {
    return Promise.resolve(this.applied);
  }

  store(applied: AppliedRevision): Promise<void> {
    this.applied = applied;
    return Promise.resolve();
  }
}
