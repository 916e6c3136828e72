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
import type { WorkflowDefinition } from './workflow.schema.js';

/** Whether a workflow runs when its triggers fire. */
export type WorkflowStatus = 'active' | 'inactive';

/** A stored workflow. */
@Entity('workflows')
@Check('workflows_status_known', `"status" IN ('active', 'inactive')`)
@Index('workflows_listed', ['accountId', 'createdAt', 'id'])
export class Workflow {
  /** `wf_` and 16 base62 characters. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'workflows_pkey' })
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @ManyToOne(() => Account, { nullable: false, onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'workflows_account' })
  account?: Relation<Account>;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text')
  status!: WorkflowStatus;

  @Column('jsonb')
  definition!: WorkflowDefinition;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
