/**
 * Whether known credentials are kept in memory, with a channel that drops them. What depends on it is only then asserted:
 * that known ones go on without the database, and what `/health/ready` says of the channel.
 */
export const HAS_CACHE: boolean = true;
