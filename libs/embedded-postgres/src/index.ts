export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.js';
export type { EmbeddedPostgres } from './handle.js';
export type { EmbeddedPostgresOptions } from './options.js';
export { startEmbeddedPostgres } from './start.js';
