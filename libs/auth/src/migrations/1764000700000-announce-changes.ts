import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tells every process of changes to keys and accounts, whoever makes them: a notice on the channel `auth_changes` at the
 * end of the transaction. It names what changed and says nothing of it: a JSON array with the ids of keys or accounts,
 * and `@` with the id of each account whose keys changed; `*` where more than a hundred rows did.
 */
export class AnnounceChanges1764000700000 implements MigrationInterface {
  readonly name = 'AnnounceChanges1764000700000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ANNOUNCE, ...TABLES.flatMap(triggersOf)]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table } of TABLES) {
      for (const { event } of EVENTS) {
        await runner.query(`DROP TRIGGER "${table}_announced_${event}" ON "${table}"`);
      }
    }
    await runner.query('DROP FUNCTION "auth_announce_changes"()');
  }
}

/** Columns that say nothing of whether a credential is good or what it may do. Whatever is added later counts. */
const TABLES = [
  {
    table: 'auth_api_keys',
    silent: [
      'name',
      'metadata',
      'rotated_from',
      'rotated_to',
      'created_by_key_id',
      'created_by_subject',
      'source',
    ],
  },
  { table: 'auth_accounts', silent: ['name', 'created_at'] },
];

/** A trigger of one statement: a mass of rows is one notice, and notices make commits wait for each other. */
const EVENTS = [
  { event: 'insert', rows: 'REFERENCING NEW TABLE AS "new_rows"' },
  { event: 'update', rows: 'REFERENCING OLD TABLE AS "old_rows" NEW TABLE AS "new_rows"' },
  { event: 'delete', rows: 'REFERENCING OLD TABLE AS "old_rows"' },
  { event: 'truncate', rows: '' },
];

function triggersOf({ table, silent }: (typeof TABLES)[number]): string[] {
  const columns = silent.map((column) => `'${column}'`).join(', ');
  return EVENTS.map(
    ({ event, rows }) => `
      CREATE TRIGGER "${table}_announced_${event}" AFTER ${event} ON "${table}" ${rows}
      FOR EACH STATEMENT EXECUTE FUNCTION "auth_announce_changes"(${columns})`,
  );
}

/**
 * Of an update, rows that differ in a column that counts. A key is named by its id and, since which keys sign for it has
 * changed, by its account; an account by both as well. Names nothing that a search path could hide. A payload of 8,000
 * bytes or more would be an error, and undo what the statement did.
 */
const ANNOUNCE = `
  CREATE FUNCTION "auth_announce_changes"() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    "silent" text[] := ARRAY(SELECT unnest(TG_ARGV));
    "many" boolean := true;
    "changed" jsonb[];
    "payload" text;
  BEGIN
    IF TG_OP = 'DELETE' THEN "many" := EXISTS (SELECT FROM "old_rows" OFFSET 100);
    ELSIF TG_OP <> 'TRUNCATE' THEN "many" := EXISTS (SELECT FROM "new_rows" OFFSET 100);
    END IF;
    IF "many" THEN
      PERFORM pg_catalog.pg_notify('auth_changes', '*');
      RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN "changed" := ARRAY(SELECT to_jsonb(n) FROM "new_rows" n);
    ELSIF TG_OP = 'DELETE' THEN "changed" := ARRAY(SELECT to_jsonb(o) FROM "old_rows" o);
    ELSE
      "changed" := ARRAY(
        (SELECT to_jsonb(o) - "silent" FROM "old_rows" o EXCEPT SELECT to_jsonb(n) - "silent" FROM "new_rows" n)
        UNION ALL
        (SELECT to_jsonb(n) - "silent" FROM "new_rows" n EXCEPT SELECT to_jsonb(o) - "silent" FROM "old_rows" o));
    END IF;
    IF cardinality("changed") > 0 THEN
      SELECT jsonb_agg(DISTINCT "name")::text INTO "payload"
      FROM unnest("changed") "row",
        unnest(ARRAY["row"->>'id', '@' || coalesce("row"->>'account_id', "row"->>'id')]) "name";
      PERFORM pg_catalog.pg_notify('auth_changes', CASE WHEN octet_length("payload") < 8000 THEN "payload" ELSE '*' END);
    END IF;
    RETURN NULL;
  END $$`;
