import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a key's life over time needs: an audit log that only grows, a revocation that is final, lists in their order. */
export class AddKeyLife1764000400000 implements MigrationInterface {
  readonly name = 'AddKeyLife1764000400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `CREATE TABLE "auth_audit_events" (
    "id" text NOT NULL,
    "at" timestamptz(3) NOT NULL,
    "action" text NOT NULL,
    "actor" jsonb NOT NULL,
    "account_id" text,
    "target" jsonb NOT NULL,
    "before" jsonb,
    "after" jsonb,
    "request_id" text,
    "ip" text,
    CONSTRAINT "auth_audit_events_pkey" PRIMARY KEY ("id")
  )`,
  'CREATE INDEX "auth_audit_events_listed" ON "auth_audit_events" ("account_id", "at", "id")',
  'CREATE INDEX "auth_audit_events_all" ON "auth_audit_events" ("at", "id")',
  // One role owns the tables, so that rights cannot keep it from changing them.
  `CREATE FUNCTION "auth_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'The audit log takes new events only'; END $$`,
  `CREATE TRIGGER "auth_audit_events_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "auth_audit_events"
    FOR EACH STATEMENT EXECUTE FUNCTION "auth_refuse_change"()`,
  `CREATE FUNCTION "auth_keep_revoked"() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'A revoked key stays revoked'; END $$`,
  `CREATE TRIGGER "auth_api_keys_revoked_for_good" BEFORE UPDATE ON "auth_api_keys" FOR EACH ROW
    WHEN (OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at")
    EXECUTE FUNCTION "auth_keep_revoked"()`,
  'CREATE INDEX "auth_api_keys_listed" ON "auth_api_keys" ("account_id", "created_at" DESC, "id")',
];

const DOWN = [
  'DROP INDEX "auth_api_keys_listed"',
  'DROP TRIGGER "auth_api_keys_revoked_for_good" ON "auth_api_keys"',
  'DROP FUNCTION "auth_keep_revoked"()',
  'DROP TABLE "auth_audit_events"',
  'DROP FUNCTION "auth_refuse_change"()',
];
