import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Which revision of the configuration file was applied last; at most one row. */
@Entity('auth_applied_configuration')
@Check('auth_applied_configuration_one_row', `"id" = 1`)
export class AppliedConfiguration {
  /** Always 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'auth_applied_configuration_pkey' })
  id!: number;

  /** As the file says. */
  @Column('bigint', { transformer: { from: Number, to: (revision: number) => revision } })
  revision!: number;

  /** 32 bytes: what stood in the file under that revision, as `digestOf` says. */
  @Column('bytea')
  digest!: Buffer;

  /** When the revision was applied for the first time. */
  @Column({ type: 'timestamptz', name: 'applied_at', precision: 3 })
  appliedAt!: Date;
}
