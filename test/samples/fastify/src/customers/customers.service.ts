import { AccountService, ApiKeyService, type IssuedApiKey, type Tier } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

@Injectable()
export class CustomersService {
  constructor(
    private readonly accounts: AccountService,
    private readonly apiKeys: ApiKeyService,
    private readonly dataSource: DataSource,
  ) {}

  /** Makes a customer and its first key, both or none. The key itself is known only now: show it, and let go of it. */
  welcome(name: string, tier: Tier, permissions = ['reports:*']): Promise<IssuedApiKey> {
    return this.dataSource.transaction(async (manager) => {
      const { id: accountId } = await this.accounts.create({ name, tier }, { manager });
      return this.apiKeys.issue({ accountId, name: 'First key', permissions }, { manager });
    });
  }
}
