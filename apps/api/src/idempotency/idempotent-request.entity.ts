import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request that was carried out under an `Idempotency-Key`, and what it was answered. */
@Entity('idempotent_requests')
@Index('idempotent_requests_made', ['createdAt'])
export class IdempotentRequest {
  /** The calling key. */
  @PrimaryColumn('text', { name: 'key_id', primaryKeyConstraintName: 'idempotent_requests_pkey' })
  keyId!: string;

  /** Method and path. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotent_requests_pkey' })
  route!: string;

  /** What the client called it. */
  @PrimaryColumn('text', {
    name: 'idempotency_key',
    primaryKeyConstraintName: 'idempotent_requests_pkey',
  })
  idempotencyKey!: string;

  /** SHA-256 of the body. */
  @Column('bytea')
  fingerprint!: Buffer;

  /** Of the answer. */
  @Column('text')
  location!: string;

  /** The answer, without the key that was made. Not jsonb, which would change the order of its members. */
  @Column('json')
  answer!: object;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
}
