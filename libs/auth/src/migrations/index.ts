import { CreateAuthTables1764000000000 } from './1764000000000-create-auth-tables.js';

/** The migrations of this package's tables, for the `migrations` option of a TypeORM `DataSource`. */
export const authMigrations = [CreateAuthTables1764000000000];
