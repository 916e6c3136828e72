import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../api-keys/api-key.entity.js';
import { AuthSettings } from '../auth.settings.js';
import { comparePermissions, type PermissionsInUse } from './permissions-in-use.js';
import { HOUR } from './usage-line.js';
import { UsageRepository, type UsageFilter, type UsageSum } from './usage.repository.js';

/** Milliseconds. */
const DAY = 24 * HOUR;

/** Milliseconds in which a permission that is needed is used at least once. */
const WINDOW = 30 * DAY;

/** Milliseconds after which a process that wrote nothing is gone. */
const WRITER_LIFE = 30 * DAY;

const SPANS = { hour: HOUR, day: DAY } as const;

/** The requests of one key to one route with one outcome, within an hour or a day. */
export interface Usage extends UsageSum {
  /** End of the hour or day, which no longer belongs to it. */
  readonly to: Date;
}

/** Which keys were used, when, where and for what. What is read is up to 10 seconds behind what happens. */
@Injectable()
export class UsageService {
  constructor(
    private readonly repository: UsageRepository,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Requests by key, route and outcome, summed within hours or days in UTC, newest first.
   *
   * @param filter its times are widened to whole hours or days
   */
  async list(filter: UsageFilter): Promise<Usage[]> {
    const span = SPANS[filter.granularity];
    const from = new Date(Math.floor(filter.from.getTime() / span) * span);
    const to = new Date(Math.ceil(filter.to.getTime() / span) * span);
    const sums = await this.repository.sum({ ...filter, from, to });
    return sums.map((sum) => ({ ...sum, to: new Date(sum.from.getTime() + span) }));
  }

  /** When keys were last recognised, by themselves or by a JWT. Keys of which that is not known are left out. */
  async findLastUses(keyIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const uses = keyIds.length === 0 ? [] : await this.repository.findKeyUses(keyIds);
    return new Map(uses.map(({ keyId, lastUsedAt }) => [keyId, lastUsedAt]));
  }

  /** What a key may do, and what of that it did in the last 30 days, or since it was made. */
  async findPermissionsInUse({
    id,
    permissions,
    createdAt,
  }: Pick<ApiKey, 'id' | 'permissions' | 'createdAt'>): Promise<PermissionsInUse> {
    const since = new Date(Math.max(Date.now() - WINDOW, createdAt.getTime()));
    const uses = await this.repository.findPermissionUses(id, since);
    return { since, ...comparePermissions(permissions, uses, this.settings.permissions) };
  }

  /**
   * Removes the counts of hours that begin before a time, for good.
   *
   * @returns how many were removed
   */
  prune(before: Date): Promise<number> {
    return this.repository.prune(before, new Date(Date.now() - WRITER_LIFE));
  }
}
