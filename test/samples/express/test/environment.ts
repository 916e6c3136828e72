// Imported first: the modules read the environment as they are loaded. DATABASE_URL comes from outside. Every test file
// works on the same database, so each needs the same master key.
process.env.MASTER_KEYS ??= `1:${Buffer.alloc(32, 'test').toString('base64')}`;
