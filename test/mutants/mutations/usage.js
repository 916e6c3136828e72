// What is counted, once and of whom.
const TALLY = 'usage/usage-tally.ts';
const BATCH = 'usage/usage-batch.ts';
const RECORDER = 'usage/usage-recorder.ts';
const REPOSITORY = 'usage/usage.repository.ts';
const IN_USE = 'usage/permissions-in-use.ts';

export const usage = [
  ['an hour that is over', TALLY, 'now - this.hour >= HOUR', 'this.hour === 0'],
  ['counters that start anew', TALLY, 'counter.count = 0;\n            this.closed', 'this.closed'],
  [
    'the bound of usage in memory',
    TALLY,
    'this.counting + this.closed.length >= MAX_LINES',
    'false',
  ],
  ['the bound of noted permissions', TALLY, 'this.noted >= MAX_LINES', 'false'],
  ['a key that is not used by refusals', BATCH, "outcome !== 'unauthorized'", 'outcome'],
  ['a permission that is used by what is allowed', BATCH, "outcome === 'allowed'", 'outcome'],
  [
    'no usage unless asked for',
    RECORDER,
    'if (!this.settings.usage) return;\n    this.tally.count',
    'this.tally.count',
  ],
  [
    'a batch that stays as it was until it is written',
    RECORDER,
    'if (this.pending !== undefined) await this.writePending(this.pending);',
    '',
  ],
  ['a batch that counts once', REPOSITORY, 'WHERE writer.batch < excluded.batch', ''],
  [
    'a last use that is not set back',
    REPOSITORY,
    'greatest(known.last_used_at, excluded.last_used_at)\n  )',
    'excluded.last_used_at\n  )',
  ],
  [
    'a suggestion that gives nothing more',
    IN_USE,
    'suggested: reach.filter',
    'suggested: catalogue.names.filter',
  ],
];
