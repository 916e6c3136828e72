/** Milliseconds within which something must have happened that nothing promises a moment for. */
export const PATIENCE = { timeout: 20_000, interval: 20 };
