import {
  AccountService,
  ApiKeyDirectory,
  ApiKeyService,
  AuthSettings,
  type IssuedApiKey,
} from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Hands the first key to the operator; resolves once it is safe to commit. */
export type Delivery = (issued: IssuedApiKey) => Promise<void>;

/** Makes the first admin key of an installation, once per environment. */
@Injectable()
export class BootstrapKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: AccountService,
    private readonly apiKeys: ApiKeyService,
    private readonly directory: ApiKeyDirectory,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Makes the key if this environment never had an admin key, and delivers it before it is committed: a key that was
   * not delivered is not there, and the next start makes another. Call it under the start's lock.
   *
   * @param deliver null where there is nobody to hand a key to
   * @returns whether a key is missing that could not be handed over
   */
  async ensure(deliver: Delivery | null): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if (await this.directory.hasAdminKey(manager)) return false;
      if (deliver === null) return true;
      await deliver(await this.issue(manager));
      return false;
    });
  }

  private async issue(manager: EntityManager): Promise<IssuedApiKey> {
    const first = await this.directory.findBootstrapAccount(manager);
    const accountId = first ?? (await this.createAccount(manager));
    const request = {
      accountId,
      name: 'First admin key',
      permissions: ['*', 'admin'],
      source: 'bootstrap',
    } as const;
    return this.apiKeys.issue(request, { manager });
  }

  private async createAccount(manager: EntityManager): Promise<string> {
    const { id } = await this.accounts.create(
      { name: 'default', tier: this.settings.tiers.highest },
      { manager },
    );
    return id;
  }
}
