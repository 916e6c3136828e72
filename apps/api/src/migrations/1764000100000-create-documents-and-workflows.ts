import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Documents and workflows, each of one account. */
export class CreateDocumentsAndWorkflows1764000100000 implements MigrationInterface {
  readonly name = 'CreateDocumentsAndWorkflows1764000100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [DOCUMENTS, DOCUMENTS_LISTED, WORKFLOWS, WORKFLOWS_LISTED])
      await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "workflows"');
    await runner.query('DROP TABLE "documents"');
  }
}

const DOCUMENTS = `
  CREATE TABLE "documents" (
    "id" text NOT NULL,
    "account_id" text NOT NULL,
    "name" text NOT NULL,
    "content_type" text NOT NULL,
    "size" integer NOT NULL,
    "sha256" text NOT NULL,
    "status" text NOT NULL,
    "metadata" jsonb NOT NULL,
    "created_at" timestamptz(3) NOT NULL,
    CONSTRAINT "documents_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "documents_account" FOREIGN KEY ("account_id") REFERENCES "auth_accounts" ("id") ON DELETE RESTRICT,
    CONSTRAINT "documents_status_known" CHECK ("status" IN ('processing', 'processed', 'failed'))
  )`;

const DOCUMENTS_LISTED = `CREATE INDEX "documents_listed" ON "documents" ("account_id", "created_at", "id")`;

const WORKFLOWS = `
  CREATE TABLE "workflows" (
    "id" text NOT NULL,
    "account_id" text NOT NULL,
    "name" text NOT NULL,
    "description" text,
    "status" text NOT NULL,
    "definition" jsonb NOT NULL,
    "created_at" timestamptz(3) NOT NULL,
    "updated_at" timestamptz(3) NOT NULL,
    CONSTRAINT "workflows_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "workflows_account" FOREIGN KEY ("account_id") REFERENCES "auth_accounts" ("id") ON DELETE RESTRICT,
    CONSTRAINT "workflows_status_known" CHECK ("status" IN ('active', 'inactive'))
  )`;

const WORKFLOWS_LISTED = `CREATE INDEX "workflows_listed" ON "workflows" ("account_id", "created_at", "id")`;
