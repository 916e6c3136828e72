import { Column, Entity, PrimaryColumn } from 'typeorm';

const PRIMARY = { primaryKeyConstraintName: 'auth_permission_uses_pkey' };

/** When a key last had need of a permission. */
@Entity('auth_permission_uses')
export class PermissionUse {
  /** Public id. */
  @PrimaryColumn('text', { name: 'key_id', ...PRIMARY })
  keyId!: string;

  /** A name, never a wildcard. */
  @PrimaryColumn('text', PRIMARY)
  permission!: string;

  /** In a request that was allowed. */
  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3 })
  lastUsedAt!: Date;
}
