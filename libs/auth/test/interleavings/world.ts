import type { Scheduler } from 'fast-check';
import { vi } from 'vitest';
import type { KeyRecord } from '../../src/api-keys/key-record.js';
import { violationsOf, type Answered, type Commit, type Question } from './answers.js';
import { mint, type Presented, type Way } from './oracle.js';
import {
  changed,
  concerns,
  INITIAL,
  isCandidate,
  issued,
  namesOf,
  recordsOf,
  type Change,
  type State,
} from './states.js';
import { Subject } from './subject.js';

/** Milliseconds. What the contract promises: never later than that, whoever is told of it or not. */
const BOUND = 10_000;
/** Milliseconds within which a new key works where nobody is told of it. */
const NEW_KEY_BOUND = 1000;
/** Milliseconds from when on a question may have been given up. */
const PATIENCE = 1200;

/** What becomes of the channel, in turn: somebody may listen again before it is known here. */
export const CHANNEL = ['open', 'lost', 'lost, and that is known', 'listening again'] as const;

/** The database, the channel of changes and the clients, around what is under test. */
export class World {
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

  private readonly subject: Subject;
  private readonly tokens = new Map<string, ReturnType<typeof mint>>();

  constructor(
    private readonly scheduler: Scheduler,
    private channel: (typeof CHANNEL)[number],
  ) {
    this.subject = new Subject({
      findByIds: (ids) => this.read(({ id }) => ids.includes(id)),
      findSigners: async (ids) =>
        (await this.read(({ accountId }) => ids.includes(accountId))).filter(isCandidate),
    });
    for (const way of ['named', 'unnamed'] as const)
      for (const at of issued.keys()) this.tokens.set(`${way} ${at}`, mint(way, at, -1));
  }

  /** A question that is answered: the first after an outage goes alone, and tells the others that it is over. */
  async findBack(): Promise<void> {
    await this.subject.gate.ask(() => Promise.resolve());
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
    const answer = await this.subject.ask(presented);
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
    const { inMaps } = this.subject;
    return { inMaps, waiting: this.running.size, timers: vi.getTimerCount() };
  }

  /** Everything that was answered as it must not have been, in words. */
  violations(): string[] {
    return violationsOf(this.answered, this.states, this.commits);
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
      isClosed: this.subject.gate.closed !== null,
      troubles: this.troubles,
      toldFrom,
      certainFrom: Math.max(
        toldFrom,
        from((_, at) => at < this.doubted),
      ),
      unknownFrom: from((one, at) => now - one.at >= NEW_KEY_BOUND && !isOlder(at)),
    };
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
    for (const name of namesOf(commit.change)) this.subject.changes.touch(name);
    commit.told = true;
  }

  private doubt(): void {
    this.subject.changes.doubt();
    this.doubted = this.commits.length;
  }

  private later(label: string, happen: () => void): Promise<void> {
    return this.scheduler.schedule(Promise.resolve(), label).then(happen);
  }
}
