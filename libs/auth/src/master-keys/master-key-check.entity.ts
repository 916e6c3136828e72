import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Remembers which master key a version names, without telling anything about it. */
@Entity('auth_master_keys')
export class MasterKeyCheck {
  /** Positive integer. */
  @PrimaryColumn({
    type: 'bigint',
    primaryKeyConstraintName: 'auth_master_keys_pkey',
    transformer: { from: Number, to: (version: number) => version },
  })
  version!: number;

  /** 32 bytes. */
  @Column('bytea', { name: 'check_value' })
  checkValue!: Buffer;

  /** When the version was first seen. */
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
