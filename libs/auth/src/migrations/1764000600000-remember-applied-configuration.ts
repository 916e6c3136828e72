import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which revision of the configuration file was applied last. */
export class RememberAppliedConfiguration1764000600000 implements MigrationInterface {
  readonly name = 'RememberAppliedConfiguration1764000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPLIED_CONFIGURATION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth_applied_configuration"');
  }
}

const APPLIED_CONFIGURATION = `
  CREATE TABLE "auth_applied_configuration" (
    "id" integer NOT NULL,
    "revision" bigint NOT NULL,
    "digest" bytea NOT NULL,
    "applied_at" timestamptz(3) NOT NULL,
    CONSTRAINT "auth_applied_configuration_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "auth_applied_configuration_one_row" CHECK ("id" = 1)
  )`;
