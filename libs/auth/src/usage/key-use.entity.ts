import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a key was last recognised. Beside the keys, so that writing it touches none. */
@Entity('auth_key_uses')
export class KeyUse {
  /** Public id. */
  @PrimaryColumn('text', { name: 'key_id', primaryKeyConstraintName: 'auth_key_uses_pkey' })
  keyId!: string;

  /** By itself or by a JWT, and not refused as unauthorized. */
  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3 })
  lastUsedAt!: Date;
}
