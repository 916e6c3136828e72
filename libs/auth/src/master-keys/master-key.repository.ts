import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { MasterKeyCheckValue } from '../credential/master-keys.js';
import { MasterKeyCheck } from './master-key-check.entity.js';

/** The check values of the master keys that this database has seen. */
@Injectable()
export class MasterKeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores check values of versions that are new here; known versions stay as they are. */
  async insertNew(checks: readonly MasterKeyCheckValue[]): Promise<void> {
    if (checks.length === 0) return;
    await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(MasterKeyCheck)
      .values(checks.map(({ version, value }) => ({ version, checkValue: value })))
      .orIgnore()
      .execute();
  }

  /** Every known check value, oldest version first. */
  async findAll(): Promise<MasterKeyCheckValue[]> {
    const rows = await this.dataSource.manager.find(MasterKeyCheck, { order: { version: 'ASC' } });
    return rows.map(({ version, checkValue }) => ({ version, value: checkValue }));
  }
}
