// Who is told that a key or an account changed.
const LISTENER = 'changes/change-listener.ts';
const COMMITTED = 'changes/committed-changes.ts';
const TRIGGERS = 'migrations/1764000700000-announce-changes.ts';

export const changes = [
  [
    'a doubt when the channel is lost',
    LISTENER,
    "this.changes.doubt();\n    this.report('degraded', reason);",
    "this.report('degraded', reason);",
  ],
  [
    'a doubt when somebody listens again',
    LISTENER,
    "if (this.current !== 'ok') this.changes.doubt();",
    '',
  ],
  [
    'proofs that notices arrive',
    LISTENER,
    'this.timer = setTimeout(() => void this.prove(), PROOF_INTERVAL).unref();',
    '',
  ],
  ['what this process commits', COMMITTED, 'this.touch(this.pending.get(queryRunner) ?? []);', ''],
  [
    'the mass of rows of a notice',
    TRIGGERS,
    'ELSIF TG_OP <> \'TRUNCATE\' THEN "many" := EXISTS (SELECT FROM "new_rows" OFFSET 100);',
    'ELSIF TG_OP <> \'TRUNCATE\' THEN "many" := false;',
  ],
  [
    'the bytes of a notice',
    TRIGGERS,
    'octet_length("payload") < 8000',
    'char_length("payload") < 8000',
  ],
  [
    'the row as it was before',
    TRIGGERS,
    '(SELECT to_jsonb(o) - "silent" FROM "old_rows" o EXCEPT SELECT to_jsonb(n) - "silent" FROM "new_rows" n)\n        UNION ALL',
    '',
  ],
];
