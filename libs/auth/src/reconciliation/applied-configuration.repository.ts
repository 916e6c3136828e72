import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppliedConfiguration } from './applied-configuration.entity.js';

/** A revision that was applied. */
export type AppliedRevision = Pick<AppliedConfiguration, 'revision' | 'digest' | 'appliedAt'>;

const THE_ROW = 1;

/** The revision that was applied last, as it is stored. */
@Injectable()
export class AppliedConfigurationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Of several that apply a configuration, one does so at a time; the others wait until its transaction ends. */
  async lock(manager: EntityManager): Promise<void> {
    const { tablePath } = manager.dataSource.getMetadata(AppliedConfiguration);
    await manager.query(`LOCK TABLE ${tablePath} IN SHARE ROW EXCLUSIVE MODE`);
  }

  /** Null where none was ever applied. */
  find(manager: EntityManager = this.dataSource.manager): Promise<AppliedRevision | null> {
    return manager.findOneBy(AppliedConfiguration, { id: THE_ROW });
  }

  /** Puts a revision in the place of the one before. */
  async store(applied: AppliedRevision, manager: EntityManager): Promise<void> {
    await manager.upsert(AppliedConfiguration, { id: THE_ROW, ...applied }, ['id']);
  }
}
