import fc, { type Scheduler } from 'fast-check';
import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AuthSettings } from '../auth.settings.js';
import { ChangeClock, namesOfAccount, namesOfKey } from '../cache/change-clock.js';
import { Readings } from '../cache/reading.js';
import { RememberedCredentials } from '../cache/remembered-credentials.js';
import { newId } from '../credential/identifiers.js';
import { signingDigest } from '../credential/signing-key.js';
import { computeVerifier } from '../credential/verifier.js';
import type { AuthenticationMethod, Principal } from '../principal.js';
import { Refusal } from '../refusal.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import { CredentialLookup } from './credential-lookup.js';
import type { KeyRecord } from './key-record.js';
import type { KeyRecordRepository } from './key-record.repository.js';
import { KnownKeys } from './known-keys.js';
import { StoreGate } from './store-gate.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 800);
const SEED = Number(process.env['MODEL_SEED'] ?? 20261124);

/** Milliseconds. What the contract promises: never later than that, whoever is told of it or not. */
const BOUND = 10_000;
/** Milliseconds within which a new key works where nobody is told of it. */
const NEW_KEY_BOUND = 1000;
/** Milliseconds from when on a question may have been given up. */
const PATIENCE = 1200;

const ADDRESSES = ['192.0.2.1', '198.51.100.1'] as const;
const TIERS = ['lite', 'standard', 'professional'] as const;
type TierName = (typeof TIERS)[number];

const settings = new AuthSettings({
  masterKeys: [{ version: 1, key: randomBytes(32) }],
  permissions: ['a:read', 'a:write'],
});

/** What never changes of the keys: three of one account, of which two are made later, and one of another. */
const accountIds = [newId('acct'), newId('acct')] as const;
const issued = [0, 0, 0, 1].map((account) => {
  const { key, keyId: id } = settings.format.generate('development');
  const accountId = accountIds[account] as string;
  const sealedDigest = settings.masterKeys.seal(signingDigest(key), { keyId: id, accountId });
  return { key, id, account, accountId, verifier: computeVerifier(key), sealedDigest };
});
const LATER_KEYS = [1, 2];

/** What changes of a key. Times are milliseconds since the epoch. */
interface KeyState {
  readonly exists: boolean;
  readonly revoked: boolean;
  readonly disabled: boolean;
  readonly tier: TierName;
  readonly permissions: readonly string[];
  readonly methods: readonly AuthenticationMethod[];
  readonly allowedIps: readonly string[] | null;
  readonly expiresAt: number | null;
  readonly tokensNotBefore: number | null;
}

interface AccountState {
  readonly tier: TierName;
  readonly suspended: boolean;
}

/** The database after a commit. */
interface State {
  readonly keys: readonly KeyState[];
  readonly accounts: readonly AccountState[];
}

const NEW_KEY: KeyState = {
  exists: true,
  revoked: false,
  disabled: false,
  tier: 'professional',
  permissions: ['a:*'],
  methods: ['api_key', 'jwt'],
  allowedIps: null,
  expiresAt: null,
  tokensNotBefore: null,
};
const INITIAL: State = {
  keys: issued.map((_, at) => ({ ...NEW_KEY, exists: !LATER_KEYS.includes(at) })),
  accounts: accountIds.map(() => ({ tier: 'professional', suspended: false })),
};

/** A change of one key or of one account. `now` is the moment of the commit. */
type Change =
  | { readonly key: number; readonly change: keyof typeof KEY_CHANGES }
  | { readonly account: number; readonly change: keyof typeof ACCOUNT_CHANGES };

const KEY_CHANGES = {
  create: () => ({ exists: true }),
  revoke: () => ({ revoked: true }),
  disable: () => ({ disabled: true }),
  enable: () => ({ disabled: false }),
  lower: () => ({ tier: 'lite' }),
  raise: () => ({ tier: 'professional' }),
  narrow: () => ({ permissions: ['a:read'] }),
  widen: () => ({ permissions: ['a:*'] }),
  bind: () => ({ allowedIps: [ADDRESSES[0]] }),
  unbind: () => ({ allowedIps: null }),
  withoutTokens: () => ({ methods: ['api_key'] }),
  tokensAlone: () => ({ methods: ['jwt'] }),
  withTokens: () => ({ methods: ['api_key', 'jwt'] }),
  expireSoon: (now: number) => ({ expiresAt: now + 3000 }),
  expireNever: () => ({ expiresAt: null }),
  revokeTokens: (now: number) => ({ tokensNotBefore: (Math.floor(now / 1000) + 1) * 1000 }),
} as const satisfies Record<string, (now: number) => Partial<KeyState>>;

const ACCOUNT_CHANGES = {
  suspend: { suspended: true },
  activate: { suspended: false },
  lower: { tier: 'standard' },
  raise: { tier: 'professional' },
} as const satisfies Record<string, Partial<AccountState>>;

function changed({ keys, accounts }: State, change: Change, now: number): State {
  if ('key' in change) {
    const patch = KEY_CHANGES[change.change](now);
    return {
      accounts,
      keys: keys.with(change.key, { ...(keys[change.key] as KeyState), ...patch }),
    };
  }
  const { account } = change;
  const patch = ACCOUNT_CHANGES[change.change];
  return {
    keys,
    accounts: accounts.with(account, { ...(accounts[account] as AccountState), ...patch }),
  };
}

/** How a client proves who it is: the key, a JWT that names it, one that names its account; or a wrong secret. */
type Way = 'key' | 'named' | 'unnamed' | 'wrong';

/** What a client presents, and what the oracle needs to know of it. */
interface Presented {
  readonly way: Way;
  readonly key: number;
  readonly ip: string;
  readonly credential: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

const base64url = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

function mint(way: Way, at: number, nonce: number): Pick<Presented, 'credential' | 'issuedAt'> {
  const { key, id, accountId } = issued[at] as (typeof issued)[number];
  const iat = Math.floor(Date.now() / 1000);
  if (way === 'key') return { credential: key, issuedAt: 0 };
  if (way === 'wrong')
    return { credential: settings.format.generate('development').key, issuedAt: 0 };
  const header = base64url({ alg: 'HS256', ...(way === 'named' ? { kid: id } : {}) });
  const sub = way === 'named' ? 'user' : accountId;
  const input = `${header}.${base64url({ sub, iat, exp: iat + 3000, nonce })}`;
  const signature = createHmac('sha256', key).update(input).digest('base64url');
  return { credential: `${input}.${signature}`, issuedAt: iat * 1000 };
}

/** What is answered: rights as a text, or why not. Reasons that say the same of a JWT that names no key are one. */
function answerOf(principal: Pick<Principal, 'keyId' | 'tier' | 'permissions'>): string {
  return `${principal.keyId} ${principal.tier} ${principal.permissions.join()}`;
}

const NOBODY = 'unknown';
const reasonOf = ({ reason }: Refusal): string =>
  ['unknown_key', 'unknown_account', 'wrong_signature'].includes(reason) ? NOBODY : reason;

/** What the rules of the contract say of a request in a state: written anew, so that it is not what is under test. */
function judge(state: State, presented: Presented, now: number): string[] {
  const { way, key: at } = presented;
  const key = state.keys[at] as KeyState;
  const { account, id } = issued[at] as (typeof issued)[number];
  const owner = state.accounts[account] as AccountState;
  if (way === 'wrong' || !key.exists) return [NOBODY];
  // Of several reasons any is true: the first was told of a request from another address, perhaps.
  const reasons = refusals(key, owner, presented, now);
  // Of an account's keys only usable ones are candidates; a list that is known holds a key that has expired since.
  if (way === 'unnamed' && UNLISTED.some((reason) => reasons.includes(reason)))
    return [NOBODY, ...reasons.filter((reason) => reason === 'key_expired')];
  if (reasons.length > 0) return reasons;
  const tier = TIERS[Math.min(TIERS.indexOf(key.tier), TIERS.indexOf(owner.tier))] as TierName;
  const names = settings.permissions.expand(key.permissions);
  return [answerOf({ keyId: id, tier, permissions: way === 'key' ? key.permissions : names })];
}

/** Reasons for which a key is not among the candidates. */
const UNLISTED = [
  'key_revoked',
  'key_expired',
  'key_disabled',
  'account_suspended',
  'method_not_allowed',
];

/** Everything for which the key is refused. */
function refusals(
  key: KeyState,
  owner: AccountState,
  { way, ip, issuedAt }: Presented,
  now: number,
): string[] {
  const isToken = way !== 'key';
  const broken = {
    key_revoked: key.revoked,
    key_expired: key.expiresAt !== null && key.expiresAt <= now,
    key_disabled: key.disabled,
    account_suspended: owner.suspended,
    method_not_allowed: !key.methods.includes(isToken ? 'jwt' : 'api_key'),
    ip_not_allowed: key.allowedIps?.includes(ip) === false,
    tokens_revoked: isToken && key.tokensNotBefore !== null && issuedAt < key.tokensNotBefore,
  };
  return Object.entries(broken).flatMap(([reason, isBroken]) => (isBroken ? [reason] : []));
}

interface Commit {
  readonly change: Change;
  readonly at: number;
  /** Whether this process was told of it. */
  told: boolean;
}

/** A question on its way: the snapshot is taken later, and the answer arrives later still. */
interface Question {
  readonly asked: number;
  snapshot: number | null;
}

/** A request that was answered, and what was so when it began. */
interface Answered {
  readonly presented: Presented;
  readonly answer: string;
  /** Indices of the states that it may have been judged by. */
  readonly states: readonly [number, number];
  /** The same, for the answer that nobody is known by that credential. */
  readonly statesUnknown: readonly [number, number];
  readonly mayBeUnavailable: boolean;
  readonly times: readonly [number, number];
}

/** What becomes of the channel, in turn: somebody may listen again before it is known here. */
const CHANNEL = ['open', 'lost', 'lost, and that is known', 'listening again'] as const;

/** The database, the channel of changes and the clients, around what is under test. */
class World {
  readonly answered: Answered[] = [];
  isAway = false;
  private readonly states: State[] = [INITIAL];
  private readonly commits: Commit[] = [];
  private readonly questions = new Set<Question>();
  private readonly notices: Commit[] = [];
  private doubted = 0;
  private troubles = 0;
  /** When those began that are not answered yet. */
  private readonly running = new Set<{ readonly since: number }>();
  private nonce = 0;

  private readonly changes = new ChangeClock();
  private readonly gate = new StoreGate();
  private readonly keys: KnownKeys;
  private readonly authenticator: ApiKeyAuthenticator;
  private readonly tokens = new Map<string, ReturnType<typeof mint>>();

  constructor(
    private readonly scheduler: Scheduler,
    private channel: (typeof CHANNEL)[number],
  ) {
    const readings = new Readings(this.changes);
    const records: Pick<KeyRecordRepository, 'findByIds' | 'findSigners'> = {
      findByIds: (ids) => this.read(({ id }) => ids.includes(id)),
      findSigners: async (ids) =>
        (await this.read(({ accountId }) => ids.includes(accountId))).filter(isCandidate),
    };
    this.keys = new KnownKeys(records as KeyRecordRepository, settings, readings, this.gate);
    const lookup = new CredentialLookup(this.keys, settings);
    this.authenticator = new ApiKeyAuthenticator(
      lookup,
      settings,
      new RememberedCredentials(readings),
    );
    for (const way of ['named', 'unnamed'] as const)
      for (const at of issued.keys()) this.tokens.set(`${way} ${at}`, mint(way, at, -1));
  }

  /** A question that is answered: the first after an outage goes alone, and tells the others that it is over. */
  async findBack(): Promise<void> {
    await this.gate.ask(() => Promise.resolve());
  }

  /** Somebody changes something; this process hears of its own changes when its commit is answered. */
  commit(change: Change, isOwn: boolean): void {
    const commit: Commit = { change, at: Date.now(), told: false };
    this.states.push(changed(this.states.at(-1) as State, change, Date.now()));
    this.commits.push(commit);
    if (isOwn) void this.later('own commit is answered', () => this.tell(commit));
    if (this.isDeaf) return;
    this.notices.push(commit);
    void this.later('a notice arrives', () => this.receive());
  }

  /** The channel goes on to what comes next of it. */
  turnChannel(): void {
    this.channel = CHANNEL[
      (CHANNEL.indexOf(this.channel) + 1) % CHANNEL.length
    ] as typeof this.channel;
    if (this.isDeaf) this.notices.length = 0;
    if (this.channel === 'lost, and that is known' || this.channel === 'open') this.doubt();
  }

  mendChannel(): void {
    while (this.channel !== 'open') this.turnChannel();
  }

  /** A client asks; it is answered when it is. */
  async request(way: Way, key: number, ip: string, isRepeated: boolean): Promise<void> {
    const known = isRepeated ? this.tokens.get(`${way} ${key}`) : undefined;
    const presented = { way, key, ip, ...(known ?? mint(way, key, (this.nonce += 1))) };
    const start = this.observe(presented);
    const running = { since: performance.now() };
    this.running.add(running);
    const answer = await this.ask(presented);
    this.running.delete(running);
    const hadTrouble = start.isClosed || this.troubles !== start.troubles;
    const from = hadTrouble ? start.toldFrom : start.certainFrom;
    const last = this.states.length - 1;
    this.answered.push({
      presented,
      answer,
      states: [from, last],
      statesUnknown: [Math.max(start.unknownFrom, from), last],
      mayBeUnavailable: hadTrouble,
      times: [start.at, Date.now()],
    });
  }

  /** Time passes; a question that has not been answered for long may be given up, and so may those who wait for one. */
  wait(passed: number): void {
    vi.advanceTimersByTime(passed);
    const began = [...this.questions].map(({ asked }) => asked);
    began.push(...[...this.running].map(({ since }) => since));
    if (began.some((at) => performance.now() - at >= PATIENCE)) this.troubles += 1;
  }

  /** What is kept of questions that have ended, and who still waits. */
  leftovers(): Record<string, number> {
    const { keys, signers } = this.keys as unknown as Record<'keys' | 'signers', object>;
    const sizes = [keys, signers, this.authenticator]
      .flatMap((part) => Object.values(part) as unknown[])
      .filter((part) => part instanceof Map || part instanceof Set)
      .reduce((sum, part) => sum + part.size, 0);
    return { inMaps: sizes, waiting: this.running.size, timers: vi.getTimerCount() };
  }

  /** Everything that was answered as it must not have been, in words. */
  violations(): string[] {
    return this.answered.flatMap((one) => {
      if (one.answer === 'unavailable') return one.mayBeUnavailable ? [] : [this.tellOf(one, [])];
      const [from, to] = one.answer === NOBODY ? one.statesUnknown : one.states;
      const possible = this.states
        .slice(from, to + 1)
        .flatMap((state) => one.times.flatMap((now) => judge(state, one.presented, now)));
      return possible.includes(one.answer) ? [] : [this.tellOf(one, possible)];
    });
  }

  private tellOf({ presented, answer, states, times }: Answered, possible: string[]): string {
    const changes = this.commits.map(({ change, at, told }) =>
      JSON.stringify({ ...change, at: times[0] - at, told }),
    );
    const { way, key, ip } = presented;
    return `${way} ${key} from ${ip}: ${answer}, not ${possible.join(' or ')}; states ${states.join('-')} of ${changes.join(' ')}`;
  }

  private get isDeaf(): boolean {
    return this.channel.startsWith('lost');
  }

  private observe(presented: Presented) {
    const now = Date.now();
    const isOlder = (at: number): boolean =>
      [...this.questions].some(({ snapshot }) => snapshot !== null && snapshot <= at);
    const from = (isKnown: (commit: Commit, at: number) => boolean): number =>
      1 +
      this.commits.findLastIndex(
        (one, at) => concerns(one.change, presented.key) && isKnown(one, at),
      );
    const toldFrom = from(({ at, told }) => told || now - at >= BOUND);
    return {
      at: now,
      isClosed: this.gate.closed !== null,
      troubles: this.troubles,
      toldFrom,
      certainFrom: Math.max(
        toldFrom,
        from((_, at) => at < this.doubted),
      ),
      unknownFrom: from((one, at) => now - one.at >= NEW_KEY_BOUND && !isOlder(at)),
    };
  }

  private async ask({ way, credential, ip }: Presented): Promise<string> {
    const method = way === 'key' || way === 'wrong' ? 'api_key' : 'jwt';
    const address = (): string => ip;
    try {
      const known = this.authenticator.recall(method, credential, address);
      if (known !== undefined) return answerOf(known);
      if (method === 'api_key')
        return answerOf(await this.authenticator.authenticateKey(credential, address));
      return answerOf((await this.authenticator.authenticateToken(credential, address)).principal);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return 'unavailable';
      if (error instanceof Refusal) return reasonOf(error);
      throw error;
    }
  }

  private async read(isMeant: (record: KeyRecord) => boolean): Promise<KeyRecord[]> {
    const question: Question = { asked: performance.now(), snapshot: null };
    this.questions.add(question);
    try {
      await this.later('a snapshot is taken', () => this.assertThere());
      const state = this.states.at(-1) as State;
      question.snapshot = this.states.length - 1;
      await this.later('an answer arrives', () => this.assertThere());
      return recordsOf(state).filter(isMeant);
    } finally {
      this.questions.delete(question);
    }
  }

  private assertThere(): void {
    if (!this.isAway) return;
    this.troubles += 1;
    throw new Error('gone');
  }

  private receive(): void {
    const commit = this.notices.shift();
    if (commit !== undefined) this.tell(commit);
  }

  private tell(commit: Commit): void {
    for (const name of namesOf(commit.change)) this.changes.touch(name);
    commit.told = true;
  }

  private doubt(): void {
    this.changes.doubt();
    this.doubted = this.commits.length;
  }

  private later(label: string, happen: () => void): Promise<void> {
    return this.scheduler.schedule(Promise.resolve(), label).then(happen);
  }
}

function namesOf(change: Change): string[] {
  if ('account' in change) return namesOfAccount({ id: accountIds[change.account] as string });
  return namesOfKey(issued[change.key] as (typeof issued)[number]);
}

function concerns(change: Change, key: number): boolean {
  return 'key' in change ? change.key === key : change.account === issued[key]?.account;
}

const toDate = (time: number | null): Date | null => (time === null ? null : new Date(time));

function recordsOf({ keys, accounts }: State): KeyRecord[] {
  return issued.flatMap(({ id, accountId, account, verifier, sealedDigest }, at) => {
    const { exists, revoked, disabled, expiresAt, tokensNotBefore, ...key } = keys[at] as KeyState;
    const { tier, suspended } = accounts[account] as AccountState;
    const record = {
      ...{
        ...key,
        id,
        accountId,
        verifier,
        sealedDigest,
        environment: 'development',
        rotatedTo: null,
      },
      revokedAt: revoked ? new Date() : null,
      disabledAt: disabled ? new Date() : null,
      expiresAt: toDate(expiresAt),
      tokensNotBefore: toDate(tokensNotBefore),
      account: { tier, status: suspended ? 'suspended' : 'active' },
    };
    return exists ? [record as unknown as KeyRecord] : [];
  });
}

/** As the query for the signers of an account has it. */
function isCandidate({ revokedAt, disabledAt, expiresAt, methods, account }: KeyRecord): boolean {
  const isAlive =
    revokedAt === null && disabledAt === null && (expiresAt === null || expiresAt > new Date());
  return isAlive && methods.includes('jwt') && account.status === 'active';
}

const CREATE = -1;

type ChangeStep =
  | { readonly key: number; readonly change: number }
  | { readonly account: number; readonly change: keyof typeof ACCOUNT_CHANGES };

/** Keys, ways, changes of keys and waits are numbers of those that the run is about. */
type Step =
  | {
      readonly step: 'request';
      readonly way: number;
      readonly key: number;
      readonly ip: string;
      readonly isRepeated: boolean;
    }
  | { readonly step: 'commit'; readonly change: ChangeStep; readonly isOwn: boolean }
  | { readonly step: 'wait'; readonly passed: number }
  | { readonly step: 'channel' | 'goAway' | 'comeBack' };

/** What a run is about: where that is little, much happens to it. */
interface Focus {
  readonly keys: readonly number[];
  readonly ways: readonly Way[];
  readonly changes: readonly (keyof typeof KEY_CHANGES)[];
  readonly waits: readonly number[];
  readonly channel: (typeof CHANNEL)[number];
  /** Kinds of steps that do not happen. */
  readonly without: readonly Step['step'][];
}

const keysOf = <Part extends object>(part: Part): (keyof Part)[] =>
  Object.keys(part) as (keyof Part)[];
const stepOf = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

const focus: fc.Arbitrary<Focus> = fc.record({
  keys: fc.shuffledSubarray([...issued.keys()], { minLength: 1, maxLength: 2 }),
  ways: fc.shuffledSubarray<Way>(['key', 'named', 'unnamed', 'wrong'], {
    minLength: 1,
    maxLength: 2,
  }),
  changes: fc.shuffledSubarray(keysOf(KEY_CHANGES), { minLength: 1, maxLength: 4 }),
  waits: fc.shuffledSubarray([1, 60, 600, 900, 2500, 6000], { minLength: 1, maxLength: 3 }),
  channel: fc.constantFrom('open', 'lost'),
  without: fc.subarray(['commit', 'wait', 'channel', 'goAway']),
});
const which = fc.nat({ max: issued.length - 1 });
const change: fc.Arbitrary<ChangeStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ key: which, change: fc.nat({ max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ key: which, change: fc.constant(CREATE) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      account: fc.nat({ max: accountIds.length - 1 }),
      change: fc.constantFrom(...keysOf(ACCOUNT_CHANGES)),
    }),
  },
);
const request = fc.record({
  step: stepOf('request'),
  way: which,
  key: which,
  ip: fc.constantFrom(ADDRESSES[0], ADDRESSES[0], ...ADDRESSES),
  isRepeated: fc.constantFrom(true, true, true, false),
});
const commit = fc.record({ step: stepOf('commit'), change, isOwn: fc.boolean() });
const wait = fc.record({
  step: stepOf('wait'),
  passed: fc.nat({ max: 2 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: request },
  { weight: 5, arbitrary: commit },
  { weight: 4, arbitrary: wait },
  { weight: 2, arbitrary: fc.record({ step: stepOf('channel') }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('goAway', 'comeBack') }) },
);

function pick<Item>(items: readonly Item[], at: number): Item {
  return items[at % items.length] as Item;
}

function changeOf(taken: ChangeStep, { keys, changes }: Focus): Change {
  if ('account' in taken) return taken;
  const key = pick(keys, taken.key);
  return { key, change: taken.change === CREATE ? 'create' : pick(changes, taken.change) };
}

function take(world: World, about: Focus, taken: Step): void {
  if (about.without.includes(taken.step)) return;
  if (taken.step === 'request') {
    const { way, key, ip, isRepeated } = taken;
    void world.request(pick(about.ways, way), pick(about.keys, key), ip, isRepeated);
  } else if (taken.step === 'commit') world.commit(changeOf(taken.change, about), taken.isOwn);
  else if (taken.step === 'wait') world.wait(pick(about.waits, taken.passed));
  else if (taken.step === 'channel') world.turnChannel();
  else world.isAway = taken.step === 'goAway';
}

/** Everything that can go on at this moment does. */
const flush = (): Promise<void> => new Promise((done) => setImmediate(done));

async function runOut(scheduler: Scheduler): Promise<void> {
  await flush();
  while (scheduler.count() > 0) {
    await scheduler.waitNext(1);
    await flush();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const WAYS = ['key', 'named', 'unnamed'] as const;

/** What may happen in a run, and what runs are about. */
type Plot = readonly [title: string, about: fc.Arbitrary<Focus>, step: fc.Arbitrary<Step>];

const request3 = { weight: 3, arbitrary: request };
const wait3 = { weight: 3, arbitrary: wait };
const commit1 = {
  weight: 1,
  arbitrary: fc.record({
    step: stepOf('commit'),
    change: fc.record({ key: fc.constant(0), change: fc.nat({ max: 3 }) }),
    isOwn: fc.constant(false),
  }),
};
const store1 = {
  weight: 1,
  arbitrary: fc.record({ step: fc.constantFrom('goAway', 'comeBack') }),
};
const oneWay = fc.constantFrom<Way[]>(['key'], ['named'], ['unnamed']);

const PLOTS: readonly Plot[] = [
  ['whatever happens', focus, step],
  [
    'while nobody is told of anything',
    fc.record({
      keys: fc.constantFrom([0], [3]),
      ways: oneWay,
      changes: fc.shuffledSubarray(['revoke', 'disable', 'lower', 'narrow'], { minLength: 1 }),
      waits: fc.constantFrom([6000], [2500, 6000]),
      channel: fc.constant('lost'),
      without: fc.constant([]),
    }),
    fc.oneof(request3, wait3, commit1),
  ],
  [
    'where a key is made and nobody is told',
    fc.record({
      keys: fc.constantFrom([1], [1, 0], [1, 0, 2]),
      ways: oneWay,
      changes: fc.constant(['create']),
      waits: fc.constantFrom([600], [900], [600, 900, 2500]),
      channel: fc.constant('lost'),
      without: fc.constantFrom([], ['goAway']),
    }),
    fc.oneof(request3, wait3, commit1, store1),
  ],
];

it.each(PLOTS)(
  '%s, no interleaving of requests, changes, notices and outages puts back what was taken away or refuses who is good',
  async (_, plotted, steps) => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        plotted,
        fc.array(steps, { minLength: 4, maxLength: 40, size: 'max' }),
        explore,
      ),
      { numRuns: RUNS, seed: SEED },
    );
  },
  120_000,
);

async function explore(scheduler: Scheduler, about: Focus, steps: readonly Step[]): Promise<void> {
  const world = new World(scheduler, about.channel);
  const main = scheduler.scheduleSequence(
    steps.map((taken) => ({
      label: JSON.stringify(taken),
      builder: () => {
        take(world, about, taken);
        return Promise.resolve();
      },
    })),
  );
  await runOut(scheduler);
  expect((await main.task).done).toBe(true);
  // Whatever happened, once all is well and everybody was told, everybody is answered by what is so.
  world.isAway = false;
  world.mendChannel();
  // What hangs is given up, and then the pause ends that follows.
  for (let time = 0; time < 2; time += 1) {
    world.wait(2000);
    await flush();
  }
  await world.findBack();
  const before = world.answered.length;
  for (const way of WAYS)
    for (const at of issued.keys()) void world.request(way, at, ADDRESSES[0], true);
  await runOut(scheduler);
  const last = world.answered.slice(before).map(({ answer }) => answer);
  expect(last).toHaveLength(WAYS.length * issued.length);
  expect(last).not.toContain('unavailable');
  expect(world.violations()).toEqual([]);
  expect(world.leftovers()).toEqual({ inMaps: 0, waiting: 0, timers: 0 });
}
