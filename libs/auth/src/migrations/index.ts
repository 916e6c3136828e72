import { CreateAuthTables1764000000000 } from './1764000000000-create-auth-tables.js';
import { AddKeyLife1764000400000 } from './1764000400000-add-key-life.js';
import { RememberAppliedConfiguration1764000600000 } from './1764000600000-remember-applied-configuration.js';
import { AnnounceChanges1764000700000 } from './1764000700000-announce-changes.js';
import { CountUsage1764000800000 } from './1764000800000-count-usage.js';

/** The migrations of this package's tables, for the `migrations` option of a TypeORM `DataSource`. */
export const authMigrations = [
  CreateAuthTables1764000000000,
  AddKeyLife1764000400000,
  RememberAppliedConfiguration1764000600000,
  AnnounceChanges1764000700000,
  CountUsage1764000800000,
];
