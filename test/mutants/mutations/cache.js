// What is remembered of credentials and keys, and for how long.
const CLOCK = 'cache/change-clock.ts';
const READING = 'cache/reading.ts';
const MEMORY = 'cache/remembered-credentials.ts';
const MAP = 'cache/generational-map.ts';
const AUTHENTICATOR = 'api-keys/api-key.authenticator.ts';
const LOADER = 'api-keys/batch-loader.ts';
const GATE = 'api-keys/store-gate.ts';
const KEYS = 'api-keys/known-keys.ts';

export const cache = [
  ['a change of everything', CLOCK, 'this.everything <= since &&', ''],
  ['a change of the key', CLOCK, 'this.at(stripes >>> STRIPE_BITS) <= since &&', ''],
  ['a change of the account', CLOCK, '&&\n      this.at(stripes & STRIPE_MASK) <= since', ''],
  ['a change of the signers of a key', CLOCK, 'return [id, signersOf(accountId)];', 'return [id];'],
  ['a doubt', CLOCK, 'return this.doubted <= since;', 'return true;'],
  [
    'ten seconds of the clock that nobody sets',
    READING,
    'performance.now() - at >= FRESH_FOR ||',
    '',
  ],
  ['ten seconds of the clock on the wall', READING, '|| Date.now() - wallAt >= FRESH_FOR', ''],
  [
    'a change though the database is away',
    READING,
    'this.changes.areUnchanged(stripes, reading.asOf) &&',
    "(standing === 'usable' || this.changes.areUnchanged(stripes, reading.asOf)) &&",
  ],
  [
    'marks that know of the last change',
    READING,
    'latest?.asOf === this.changes.now &&',
    'latest !== undefined &&',
  ],
  ['marks that are no older than the reading', READING, 'at - latest.at < SHARED_FOR &&', ''],
  ['the salt of what is remembered', MEMORY, 'this.salt + credential', 'credential'],
  [
    'the end of a credential',
    MEMORY,
    'known.until === null || Date.now() < known.until ? known : undefined',
    'known',
  ],
  ['the second of a refusal', MEMORY, 'const REFUSED_FOR = 1000;', 'const REFUSED_FOR = 2000;'],
  [
    'the end of what a refusal was judged by',
    MEMORY,
    'const until = reading.at + REFUSED_FOR;',
    'const until = performance.now() + REFUSED_FOR;',
  ],
  [
    'a refusal until anything changes',
    MEMORY,
    'if (!this.readings.isLatest(known.reading)) return undefined;',
    '',
  ],
  ['the bound of what is remembered', MAP, 'this.young.size >= this.size', 'this.size < 0'],
  ['the older value of what is deleted', MAP, '    this.old.delete(key);\n', ''],
  ['the address of whoever is remembered', AUTHENTICATOR, 'assertUsableFrom(known, ip);', ''],
  [
    'the address of whoever is remembered while the database is away',
    AUTHENTICATOR,
    'known !== undefined && isUsableFrom(known, ip) ? principalOf(known) : undefined',
    'known !== undefined ? principalOf(known) : undefined',
  ],
  [
    'refusals that say nothing of the credential',
    AUTHENTICATOR,
    'error instanceof Refusal && !PASSING.has(error.reason)',
    'error instanceof Refusal',
  ],
  ['a query under way before the change', LOADER, 'this.readings.isLatest(reading) && ', ''],
  [
    'those who wait for the next query',
    LOADER,
    'for (const { reject } of this.waiting.values()) reject(error);',
    '',
  ],
  [
    'queries that have ended',
    LOADER,
    'if (this.flights.get(id)?.loaded === loaded) this.flights.delete(id);',
    'if (loaded === undefined) this.flights.delete(id);',
  ],
  [
    'the later query of an id',
    LOADER,
    'if (this.flights.get(id)?.loaded === loaded) this.flights.delete(id);',
    'this.flights.delete(id);',
  ],
  ['the size of a query', LOADER, 'if (batch.size === MAX_IDS) break;', ''],
  ['the number of queries', LOADER, 'this.queries < MAX_QUERIES &&', ''],
  ['the pause of an outage', GATE, '|| performance.now() < outage.pauseEnds', ''],
  ['one question while the database is away', GATE, 'this.asking > 0 ||', ''],
  [
    'a question that hangs',
    GATE,
    "await withinLimit(DEADLINE, twice(question), 'The database did not answer')",
    'await twice(question)',
  ],
  ['a question that failed late', GATE, 'if (performance.now() - started > SOON) throw error;', ''],
  [
    'the mark of keys before their reading',
    KEYS,
    '[record.id, new KnownKey(record, reading)]',
    '[record.id, new KnownKey(record, this.readings.begin())]',
  ],
  [
    'the mark of signers before their reading',
    KEYS,
    '?.push(new KnownKey(record, reading))',
    '?.push(new KnownKey(record, this.readings.begin()))',
  ],
  [
    'a change of who signs for an account',
    KEYS,
    'stripesOf(accountId, signersOf(accountId))',
    'stripesOf(accountId, accountId)',
  ],
  [
    'a refusal by an old list while the database is away',
    KEYS,
    "this.recallSigners(accountId, 'usable', maxAge)",
    "this.recallSigners(accountId, 'usable', FRESH_FOR)",
  ],
  [
    'the list of signers that is young where nobody signed',
    'api-keys/credential-lookup.ts',
    'const UNSUCCESSFUL_AGE = 1000;',
    'const UNSUCCESSFUL_AGE = 3000;',
  ],
  [
    'the account of a known key',
    'api-keys/known-key.ts',
    'stripesOf(record.id, record.accountId)',
    'stripesOf(record.id, record.id)',
  ],
  [
    'claims of strangers',
    'api-keys/token-rights.ts',
    'if (name.length > MAX_LENGTH) return narrow(catalogue, grants, narrowings);',
    '',
  ],
  [
    'a notice of another form',
    'changes/change-notice.ts',
    "names.every((name) => typeof name === 'string') ? names : null",
    "names.every((name) => typeof name === 'string') ? names : []",
  ],
  [
    'the scheme before what is known',
    'credential/bearer.ts',
    'SCHEME.test(value) ? value.slice(SCHEME_LENGTH) : null',
    'value.slice(SCHEME_LENGTH)',
  ],
  ['the times of who is known', 'api-keys/principal.factory.ts', 'new Date(time)', 'time'],
];
