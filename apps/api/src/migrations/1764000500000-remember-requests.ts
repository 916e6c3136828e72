import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests that were carried out under an `Idempotency-Key`. */
export class RememberRequests1764000500000 implements MigrationInterface {
  readonly name = 'RememberRequests1764000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "idempotent_requests" (
        "key_id" text NOT NULL,
        "route" text NOT NULL,
        "idempotency_key" text NOT NULL,
        "fingerprint" bytea NOT NULL,
        "location" text NOT NULL,
        "answer" json NOT NULL,
        "created_at" timestamptz(3) NOT NULL,
        CONSTRAINT "idempotent_requests_pkey" PRIMARY KEY ("key_id", "route", "idempotency_key")
      )`);
    await runner.query(
      'CREATE INDEX "idempotent_requests_made" ON "idempotent_requests" ("created_at")',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "idempotent_requests"');
  }
}
