import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was read in documents, and an index in the order of their list. */
export class ReadAndSortDocuments1764000300000 implements MigrationInterface {
  readonly name = 'ReadAndSortDocuments1764000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "documents" ADD "processing_results" jsonb');
    // Twenty texts of a batch come in one statement, and to compress them would take most of its time limit.
    await runner.query('ALTER TABLE "documents" ALTER "processing_results" SET STORAGE EXTERNAL');
    await runner.query('DROP INDEX "documents_listed"');
    await runner.query(
      'CREATE INDEX "documents_listed" ON "documents" ("account_id", "created_at" DESC, "id")',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "documents_listed"');
    await runner.query(
      'CREATE INDEX "documents_listed" ON "documents" ("account_id", "created_at", "id")',
    );
    await runner.query('ALTER TABLE "documents" DROP COLUMN "processing_results"');
  }
}
