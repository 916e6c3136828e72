import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { UsageOutcome } from './usage-line.js';

const PRIMARY = { primaryKeyConstraintName: 'auth_usage_pkey' };

/** How many requests of one key to one route had one outcome within one hour, in all processes together. */
@Entity('auth_usage')
@Index('auth_usage_of_account', ['accountId', 'hour'])
export class UsageCount {
  /** Its start, UTC. */
  @PrimaryColumn({ type: 'timestamptz', precision: 3, ...PRIMARY })
  hour!: Date;

  /** Public id. No foreign key: a batch does not fail by a key that somebody has deleted. */
  @PrimaryColumn('text', { name: 'key_id', ...PRIMARY })
  keyId!: string;

  /** Method and path with parameters in braces. */
  @PrimaryColumn('text', PRIMARY)
  route!: string;

  /** What became of them. */
  @PrimaryColumn('text', PRIMARY)
  outcome!: UsageOutcome;

  /** Whose key it is. */
  @Column('text', { name: 'account_id' })
  accountId!: string;

  /** The driver reads it as text. */
  @Column('bigint')
  count!: string;
}
