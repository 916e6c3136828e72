import { DataSource } from 'typeorm';
import { databaseOptions } from './database/options.js';

/** For TypeORM's command line, which has no other way in: `DATABASE_URL` names the database. */
export default new DataSource(databaseOptions(process.env['DATABASE_URL'] ?? ''));
