import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Health } from './health.schema.js';

/** Asks the parts how they are. */
@Injectable()
export class HealthService {
  constructor(private readonly dataSource: DataSource) {}

  /** Resolves within the timeouts of the database's driver. */
  async check(): Promise<Health> {
    const database = await this.askDatabase();
    return {
      status: database,
      components: { database, cache_channel: 'off', rate_limit: 'off', queue: 'off' },
    };
  }

  private async askDatabase(): Promise<'ok' | 'unavailable'> {
    try {
      await this.dataSource.query('SELECT 1');
      return 'ok';
    } catch {
      return 'unavailable';
    }
  }
}
