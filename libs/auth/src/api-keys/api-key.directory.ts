import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuthSettings } from '../auth.settings.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyRepository, type ApiKeyFilter } from './api-key.repository.js';

/** Which keys there are. Who may know of them is for the caller to say. */
@Injectable()
export class ApiKeyDirectory {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly settings: AuthSettings,
  ) {}

  /** A page of keys, newest first, and how many there are in all. */
  list(filter: ApiKeyFilter): Promise<[ApiKey[], number]> {
    return this.keys.list(filter, new Date());
  }

  /** Whether the store knows a key with this public id, in whatever state. */
  async exists(keyId: string): Promise<boolean> {
    return (await this.keys.findById(keyId)) !== null;
  }

  /** Whether this environment ever had a key with `admin`, revoked ones included. */
  hasAdminKey(manager?: EntityManager): Promise<boolean> {
    return this.keys.hasAdminKey(this.settings.environment, manager);
  }

  /** The account of the first key that the start of an installation made, in any environment; null without one. */
  async findBootstrapAccount(manager?: EntityManager): Promise<string | null> {
    return (await this.keys.findFirstBootstrapKey(manager))?.accountId ?? null;
  }
}
