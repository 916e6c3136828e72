import { Account } from '@clary/nestjs-auth';
import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import type { ProcessingResults } from './document.schema.js';

/** Where the reading of a document stands. */
export type DocumentStatus = 'processing' | 'processed' | 'failed';

/** A stored document. Its bytes are a file named by its id. */
@Entity('documents')
@Check('documents_status_known', `"status" IN ('processing', 'processed', 'failed')`)
// Newest first, which TypeORM cannot say: the migration does.
@Index('documents_listed', ['accountId', 'createdAt', 'id'])
export class Document {
  /** `doc_` and 16 base62 characters. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'documents_pkey' })
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @ManyToOne(() => Account, { nullable: false, onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'documents_account' })
  account?: Relation<Account>;

  @Column('text')
  name!: string;

  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** Bytes. */
  @Column('integer')
  size!: number;

  /** SHA-256 of the bytes, hex. */
  @Column('text')
  sha256!: string;

  @Column('text')
  status!: DocumentStatus;

  /** Null for a kind that is not read. Left out where it is not asked for, since a text may be long. */
  @Column('jsonb', { name: 'processing_results', nullable: true, select: false })
  processingResults?: ProcessingResults | null;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
}
