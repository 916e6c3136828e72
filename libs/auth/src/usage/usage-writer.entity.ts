import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process that writes usage, and how far it came: so that no batch counts twice. */
@Entity('auth_usage_writers')
export class UsageWriter {
  /** Another for each start. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'auth_usage_writers_pkey' })
  id!: string;

  /** Number of the last batch that counts. */
  @Column('bigint')
  batch!: string;

  /** When that was. */
  @Column({ type: 'timestamptz', name: 'written_at', precision: 3 })
  writtenAt!: Date;
}
