import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Everything that is written into the audit log. */
export const AUDIT_ACTIONS = [
  'account.created',
  'account.updated',
  'api_key.created',
  'api_key.updated',
  'api_key.rotated',
  'api_key.revoked',
  'api_key.tokens_revoked',
  'authentication.refused',
  'audit.pruned',
] as const;

/** What was done, and to what. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who did it. */
export interface AuditActor {
  /** A caller with a key, or the operator: command line, configuration file, software. */
  readonly type: 'key' | 'cli' | 'config' | 'system';
  /** Public id of the calling key. */
  readonly key_id: string | null;
  /** `sub` of the calling JWT. */
  readonly subject: string | null;
}

/** What it was done to. */
export interface AuditTarget {
  /** What kind of thing it is. */
  readonly type: 'api_key' | 'account' | 'audit';
  /** Null for the audit log itself. */
  readonly id: string | null;
}

/** Members of something, by the names of the API; secrets never. */
export type AuditState = Readonly<Record<string, unknown>>;

/** One line of the audit log. The table takes new rows and nothing else. */
@Entity('auth_audit_events')
@Index('auth_audit_events_listed', ['accountId', 'at', 'id'])
@Index('auth_audit_events_all', ['at', 'id'])
export class AuditEvent {
  /** `evt_` and 16 base62 characters. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'auth_audit_events_pkey' })
  id!: string;

  /** To the millisecond. */
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  /** What was done. */
  @Column('text')
  action!: AuditAction;

  /** Who did it. */
  @Column('jsonb')
  actor!: AuditActor;

  /** Whose it is; null for what belongs to no account. No foreign key: the log outlives what it tells of. */
  @Column('text', { name: 'account_id', nullable: true })
  accountId!: string | null;

  /** What it was done to. */
  @Column('jsonb')
  target!: AuditTarget;

  /** What it was before; null for something new. */
  @Column('jsonb', { nullable: true })
  before!: AuditState | null;

  /** What it is from then on. */
  @Column('jsonb', { nullable: true })
  after!: AuditState | null;

  /** Of the request that did it. */
  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;

  /** The client's address. */
  @Column('text', { nullable: true })
  ip!: string | null;
}
