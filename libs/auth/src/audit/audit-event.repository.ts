import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { insertRows } from '../database/rows.js';
import { AuditEvent, type AuditAction } from './audit-event.entity.js';

/** Which events are asked for; what is left out does not matter. */
export interface AuditEventFilter {
  /** Whose they are. */
  readonly accountId?: string | undefined;
  /** Of the calling key, or of the key that it was done to. */
  readonly keyId?: string | undefined;
  /** What was done. */
  readonly action?: AuditAction | undefined;
  /** From this time on. */
  readonly from?: Date | undefined;
  /** Before this time. */
  readonly to?: Date | undefined;
  /** How many at most. */
  readonly limit: number;
  /** How many to pass over. */
  readonly offset: number;
}

/** The audit log as it is stored. */
@Injectable()
export class AuditEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Writes events; in the transaction of what they tell of. */
  async insert(
    events: readonly AuditEvent[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await insertRows(manager, AuditEvent, events);
  }

  /** Writes events of which some may be there already, because an earlier answer of the database was lost. */
  async insertOnce(events: readonly AuditEvent[]): Promise<void> {
    await this.dataSource.manager
      .createQueryBuilder()
      .insert()
      .into(AuditEvent)
      .values([...events] as QueryDeepPartialEntity<AuditEvent>[])
      .orIgnore()
      .execute();
  }

  /** A page of events, newest first, and how many there are in all. */
  list({ limit, offset, ...filter }: AuditEventFilter): Promise<[AuditEvent[], number]> {
    const query = this.dataSource.manager.createQueryBuilder(AuditEvent, 'event');
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof typeof CONDITIONS];
      if (value !== undefined) query.andWhere(condition, { [name]: value });
    }
    return query
      .orderBy({ 'event.at': 'DESC', 'event.id': 'ASC' })
      .limit(limit)
      .offset(offset)
      .getManyAndCount();
  }

  /**
   * Removes events before a time, and writes one that says so: the only way round the triggers that keep the table.
   *
   * @param trace makes that event, given how many were removed
   */
  async prune(before: Date, trace: (removed: number) => AuditEvent): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(
        'ALTER TABLE auth_audit_events DISABLE TRIGGER auth_audit_events_append_only',
      );
      const { affected } = await manager
        .createQueryBuilder()
        .delete()
        .from(AuditEvent)
        .where('at < :before', { before })
        .execute();
      await manager.query(
        'ALTER TABLE auth_audit_events ENABLE TRIGGER auth_audit_events_append_only',
      );
      await this.insert([trace(affected ?? 0)], manager);
      return affected ?? 0;
    });
  }
}

const CONDITIONS = {
  accountId: 'event.accountId = :accountId',
  keyId: `(event.actor ->> 'key_id' = :keyId OR event.target ->> 'id' = :keyId)`,
  action: 'event.action = :action',
  from: 'event.at >= :from',
  to: 'event.at < :to',
};
