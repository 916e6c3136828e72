import { AuthSettings, UsageService, type ApiKey } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { presentApiKey, type ApiKeyItem } from './api-key.schema.js';

/** Shows keys, each with when it was last used. */
@Injectable()
export class ApiKeyPresenter {
  constructor(
    private readonly usage: UsageService,
    private readonly settings: AuthSettings,
  ) {}

  /** A key in the words of the API. */
  async one(key: ApiKey): Promise<ApiKeyItem> {
    const [item] = await this.all([key]);
    return item as ApiKeyItem;
  }

  /** Keys in the words of the API, in their order. */
  async all(keys: readonly ApiKey[]): Promise<ApiKeyItem[]> {
    const lastUses = await this.usage.findLastUses(keys.map(({ id }) => id));
    return keys.map((key) =>
      presentApiKey(key, this.settings.format, lastUses.get(key.id) ?? null),
    );
  }
}
