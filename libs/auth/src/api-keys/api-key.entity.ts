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
import { Account } from '../accounts/account.entity.js';
import type { Tier } from '../auth-types.js';
import type { Environment } from '../environment.js';
import type { AuthenticationMethod } from '../principal.js';

/** Which door a key was made at. */
export type ApiKeySource = 'api' | 'cli' | 'config' | 'bootstrap';

/**
 * A stored API key. Holds nothing from which the key or its plain digest can be computed without the master key:
 * `verifier` recognises the key, `sealedDigest` verifies what it signed.
 */
@Entity('auth_api_keys')
@Check(
  'auth_api_keys_environment_known',
  `"environment" IN ('development', 'staging', 'production')`,
)
@Check(
  'auth_api_keys_methods_known',
  `"methods" <@ ARRAY['api_key', 'jwt'] AND cardinality("methods") > 0`,
)
@Check('auth_api_keys_source_known', `"source" IN ('api', 'cli', 'config', 'bootstrap')`)
@Check('auth_api_keys_allowed_ips_not_empty', `cardinality("allowed_ips") > 0`)
@Index('auth_api_keys_listed', ['accountId', 'createdAt', 'id'])
@Index('auth_api_keys_signers', ['accountId', 'environment', 'lineageCreatedAt', 'lineageId'])
export class ApiKey {
  /** The public id: `key_` and 16 base62 characters. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'auth_api_keys_pkey' })
  id!: string;

  /** The owner: `acct_` and 16 base62 characters. */
  @Column('text', { name: 'account_id' })
  accountId!: string;

  /** The owner itself; comes with every key that is read. */
  @ManyToOne(() => Account, { nullable: false, onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'auth_api_keys_account' })
  account!: Relation<Account>;

  /** 1 to 100 characters, for people. */
  @Column('text')
  name!: string;

  /** Where the key is accepted. */
  @Column('text')
  environment!: Environment;

  /** Counts as the lower of itself and the account's. */
  @Column('text')
  tier!: Tier;

  /** Grants: declared names, `<resource>:*`, `*`, `admin`. */
  @Column('text', { array: true })
  permissions!: string[];

  /** The ways in which the key may be used: by itself, by what it signs. */
  @Column('text', { array: true })
  methods!: AuthenticationMethod[];

  /** How `verifier` was made. */
  @Column('text', { name: 'verifier_scheme' })
  verifierScheme!: string;

  /** 32 bytes. */
  @Column('bytea')
  verifier!: Buffer;

  /** SHA-256 of the key, sealed under a master key and bound to this row. */
  @Column('bytea', { name: 'sealed_digest' })
  sealedDigest!: Buffer;

  /** CIDR ranges; null for any address. */
  @Column('text', { name: 'allowed_ips', array: true, nullable: true })
  allowedIps!: string[] | null;

  /** Requests per minute; null for the tier's. */
  @Column('integer', { name: 'rate_limit', nullable: true })
  rateLimit!: number | null;

  /** From then on the key is refused; null for never. */
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** Since when the key is switched off; null for an active one. Can be taken back. */
  @Column({ type: 'timestamptz', name: 'disabled_at', precision: 3, nullable: true })
  disabledAt!: Date | null;

  /** Since when the key is refused for good; null for a key that is not revoked. */
  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;

  /** JWTs with an earlier `iat` are refused; a whole second. */
  @Column({ type: 'timestamptz', name: 'tokens_not_before', precision: 3, nullable: true })
  tokensNotBefore!: Date | null;

  /** Public id of the key that this one replaces. */
  @Column('text', { name: 'rotated_from', nullable: true })
  rotatedFrom!: string | null;

  /** Public id of the key that replaces this one. */
  @Column('text', { name: 'rotated_to', nullable: true })
  rotatedTo!: string | null;

  /** Id of the first key of its chain of rotations; its own id without one. */
  @Column('text', { name: 'lineage_id' })
  lineageId!: string;

  /** When the first key of its chain was made: a successor keeps its predecessor's place among the signers. */
  @Column({ type: 'timestamptz', name: 'lineage_created_at', precision: 3 })
  lineageCreatedAt!: Date;

  /** Public id of the key that made this one; null when no key did. */
  @Column('text', { name: 'created_by_key_id', nullable: true })
  createdByKeyId!: string | null;

  /** `sub` of the JWT that made this one; null when none did. */
  @Column('text', { name: 'created_by_subject', nullable: true })
  createdBySubject!: string | null;

  /** Which door it was made at. */
  @Column('text')
  source!: ApiKeySource;

  /** A JSON object of the owner's, at most 16 KB. */
  @Column('jsonb', { default: () => `'{}'` })
  metadata!: Record<string, unknown>;

  /** To the millisecond. */
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
}
