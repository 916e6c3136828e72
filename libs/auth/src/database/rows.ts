import type { EntityManager, ObjectLiteral } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';

/** Rows of one statement: PostgreSQL takes 65,535 parameters, and no table here has 65 columns. */
const CHUNK = 1000;

/** Inserts rows, however many. */
export async function insertRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  rows: readonly Entity[],
): Promise<void> {
  for (const chunk of chunksOf(rows)) await insertion(manager, entity, chunk).execute();
}

/** Stores the given columns of rows that are there, however many. */
export async function upsertRows<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  rows: readonly Entity[],
  properties: readonly (keyof Entity & string)[],
): Promise<void> {
  const { columns } = manager.dataSource.getMetadata(entity);
  const names = columns
    .filter(({ propertyName }) => properties.includes(propertyName))
    .map(({ databaseName }) => databaseName);
  for (const chunk of chunksOf(rows))
    await insertion(manager, entity, chunk).orUpdate(names, ['id']).execute();
}

function insertion<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: new () => Entity,
  rows: readonly Entity[],
) {
  // Some columns hold any JSON, which TypeORM's type of a partial entity cannot say.
  const values = rows as unknown as QueryDeepPartialEntity<Entity>[];
  return manager.createQueryBuilder().insert().into(entity).values(values).updateEntity(false);
}

function chunksOf<Row>(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / CHUNK);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
