import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, API keys, and the check values of master keys. */
export class CreateAuthTables1764000000000 implements MigrationInterface {
  readonly name = 'CreateAuthTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ACCOUNTS, API_KEYS, API_KEYS_SIGNERS, MASTER_KEYS])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['auth_master_keys', 'auth_api_keys', 'auth_accounts']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

const ACCOUNTS = `
  CREATE TABLE "auth_accounts" (
    "id" text NOT NULL,
    "name" text NOT NULL,
    "tier" text NOT NULL,
    "status" text NOT NULL DEFAULT 'active',
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "auth_accounts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "auth_accounts_status_known" CHECK ("status" IN ('active', 'suspended'))
  )`;

const API_KEYS = `
  CREATE TABLE "auth_api_keys" (
    "id" text NOT NULL,
    "account_id" text NOT NULL,
    "name" text NOT NULL,
    "environment" text NOT NULL,
    "tier" text NOT NULL,
    "permissions" text array NOT NULL,
    "methods" text array NOT NULL,
    "verifier_scheme" text NOT NULL,
    "verifier" bytea NOT NULL,
    "sealed_digest" bytea NOT NULL,
    "allowed_ips" text array,
    "rate_limit" integer,
    "expires_at" timestamptz(3),
    "disabled_at" timestamptz(3),
    "revoked_at" timestamptz(3),
    "tokens_not_before" timestamptz(3),
    "rotated_from" text,
    "rotated_to" text,
    "lineage_id" text NOT NULL,
    "lineage_created_at" timestamptz(3) NOT NULL,
    "created_by_key_id" text,
    "created_by_subject" text,
    "source" text NOT NULL,
    "metadata" jsonb NOT NULL DEFAULT '{}',
    "created_at" timestamptz(3) NOT NULL,
    CONSTRAINT "auth_api_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "auth_api_keys_account" FOREIGN KEY ("account_id") REFERENCES "auth_accounts" ("id") ON DELETE RESTRICT,
    CONSTRAINT "auth_api_keys_environment_known" CHECK ("environment" IN ('development', 'staging', 'production')),
    CONSTRAINT "auth_api_keys_methods_known"
      CHECK ("methods" <@ ARRAY['api_key', 'jwt'] AND cardinality("methods") > 0),
    CONSTRAINT "auth_api_keys_source_known" CHECK ("source" IN ('api', 'cli', 'config', 'bootstrap')),
    CONSTRAINT "auth_api_keys_allowed_ips_not_empty" CHECK (cardinality("allowed_ips") > 0)
  )`;

const API_KEYS_SIGNERS = `
  CREATE INDEX "auth_api_keys_signers"
    ON "auth_api_keys" ("account_id", "environment", "lineage_created_at", "lineage_id")`;

const MASTER_KEYS = `
  CREATE TABLE "auth_master_keys" (
    "version" bigint NOT NULL,
    "check_value" bytea NOT NULL,
    "created_at" timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT "auth_master_keys_pkey" PRIMARY KEY ("version")
  )`;
