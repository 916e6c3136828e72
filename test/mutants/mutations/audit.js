// What the audit log and the usage have of refusals, and what not.
const TALLY = 'audit/refusal-tally.ts';
const RECORDER = 'audit/refusal-recorder.ts';

export const audit = [
  [
    'no refusals of strangers',
    'refusal.ts',
    'return this.description === null ? null : this.keyId;',
    'return this.keyId;',
  ],
  [
    'the bound of refusals in memory',
    TALLY,
    'line === undefined && this.size >= MAX_LINES',
    'false',
  ],
  ['a minute that still counts', TALLY, 'minuteOf(line.at) >= minuteOf(until)', 'false'],
  ['no audit unless asked for', RECORDER, 'if (!this.settings.audit) return;', ''],
  [
    'refusals that are forgotten only once they are written',
    RECORDER,
    'await this.events.insertOnce(lines.map(toEvent));\n        this.tally.forget(lines.length);',
    'this.tally.forget(lines.length);\n        await this.events.insertOnce(lines.map(toEvent));',
  ],
];
