import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Tier } from '../auth-types.js';

/** Suspended: every key of the account is refused, its data is kept. */
export type AccountStatus = 'active' | 'suspended';

/** A customer: the owner of keys. Its tier is the ceiling of theirs. */
@Entity('auth_accounts')
@Check('auth_accounts_status_known', `"status" IN ('active', 'suspended')`)
export class Account {
  /** `acct_` and 16 base62 characters. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'auth_accounts_pkey' })
  id!: string;

  /** 1 to 100 characters, for people. */
  @Column('text')
  name!: string;

  /** No key of the account reaches beyond it. */
  @Column('text')
  tier!: Tier;

  /** Suspended: no key of the account gets in. */
  @Column('text', { default: 'active' })
  status!: AccountStatus;

  /** To the millisecond. */
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
