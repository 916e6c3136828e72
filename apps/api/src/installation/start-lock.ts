import { type DataSource, type EntityManager } from 'typeorm';

/** Of all advisory locks in the database, the one that starts take: "clary" in ASCII. */
const START_LOCK = 0x63_6c_61_72_79;

/**
 * Runs what only one process of an installation may do at a time while it starts; others wait.
 *
 * The lock lives in a transaction, so that it also works through a pooler that shares sessions, and ends with the
 * connection if the process is killed.
 */
export async function withStartLock<Result>(
  dataSource: DataSource,
  work: () => Promise<Result>,
): Promise<Result> {
  return dataSource.transaction(async (manager: EntityManager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [START_LOCK]);
    return work();
  });
}
