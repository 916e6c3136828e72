import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often, when and for what keys are used, beside the keys: writing it touches no key. */
export class CountUsage1764000800000 implements MigrationInterface {
  readonly name = 'CountUsage1764000800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'auth_usage_writers',
      'auth_permission_uses',
      'auth_key_uses',
      'auth_usage',
    ]) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

const UP = [
  `CREATE TABLE "auth_usage" (
    "hour" timestamptz(3) NOT NULL,
    "key_id" text NOT NULL,
    "route" text NOT NULL,
    "outcome" text NOT NULL,
    "account_id" text NOT NULL,
    "count" bigint NOT NULL,
    CONSTRAINT "auth_usage_pkey" PRIMARY KEY ("hour", "key_id", "route", "outcome")
  )`,
  'CREATE INDEX "auth_usage_of_account" ON "auth_usage" ("account_id", "hour")',
  `CREATE TABLE "auth_key_uses" (
    "key_id" text NOT NULL,
    "last_used_at" timestamptz(3) NOT NULL,
    CONSTRAINT "auth_key_uses_pkey" PRIMARY KEY ("key_id")
  )`,
  `CREATE TABLE "auth_permission_uses" (
    "key_id" text NOT NULL,
    "permission" text NOT NULL,
    "last_used_at" timestamptz(3) NOT NULL,
    CONSTRAINT "auth_permission_uses_pkey" PRIMARY KEY ("key_id", "permission")
  )`,
  `CREATE TABLE "auth_usage_writers" (
    "id" text NOT NULL,
    "batch" bigint NOT NULL,
    "written_at" timestamptz(3) NOT NULL,
    CONSTRAINT "auth_usage_writers_pkey" PRIMARY KEY ("id")
  )`,
];
