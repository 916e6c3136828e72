export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.js';
export type { EmbeddedPostgres } from './handle.js';
export type { EmbeddedPostgresOptions, Lease } from './options.js';
export { startEmbeddedPostgres } from './start.js';
