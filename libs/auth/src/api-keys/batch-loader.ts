import { ageOf, type Reading, type Readings } from '../cache/reading.js';
import { TimeLimitError, withinLimit } from '../time-limit.js';
import { DEADLINE, type StoreGate } from './store-gate.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

/** Queries at a time. What is asked for meanwhile goes into the next one. */
const MAX_QUERIES = 2;

/** Ids of a query. */
const MAX_IDS = 256;

/** Ids that wait for their query. */
const MAX_WAITING = 20_000;

/** Milliseconds for which those that nobody waits for are gathered. */
const GATHERING = 100;

/** `now`: somebody waits for it. `soon`: nobody does, so that it can be read together with others. */
export type Urgency = 'now' | 'soon';

/** What was read of an id, and when. */
export interface Loaded<Value> {
  /** Undefined where there is nothing. */
  readonly value: Value | undefined;
  readonly reading: Reading;
}

/** Reads what is known of many ids by one query. */
export type ReadMany<Value> = (
  ids: readonly string[],
  reading: Reading,
) => Promise<ReadonlyMap<string, Value>>;

/** Those who wait for the same id. */
interface Waiting<Value> {
  /** Ends in time, be it in the queue or in a query. */
  readonly loaded: Promise<Loaded<Value>>;
  readonly resolve: (loaded: Loaded<Value>) => void;
  readonly reject: (error: unknown) => void;
}

type Batch<Value> = ReadonlyMap<string, Waiting<Value>>;

/** An id that a query under way asks for. */
interface Flight<Value> extends Pick<Loaded<Value>, 'reading'> {
  readonly loaded: Promise<Loaded<Value>>;
}

/**
 * Reads from the database by id: each id once, however many ask for it, and many ids by one query. A flood of unknown ids
 * costs a few queries with many ids, and nobody else waits long behind it.
 */
export class BatchLoader<Value> {
  private readonly waiting = new Map<string, Waiting<Value>>();
  private readonly flights = new Map<string, Flight<Value>>();
  private queries = 0;
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly gate: StoreGate,
    private readonly readings: Readings,
    private readonly readMany: ReadMany<Value>,
  ) {}

  /** @throws StoreUnavailableError */
  async load(id: string, urgency: Urgency = 'now'): Promise<Loaded<Value>> {
    const flight = this.flights.get(id);
    if (flight !== undefined && this.isShared(flight)) return flight.loaded;
    const { closed } = this.gate;
    if (closed !== null) throw closed;
    const waiting = this.waiting.get(id) ?? this.enqueue(id);
    if (urgency === 'now') this.start();
    else this.gathering ??= setTimeout(() => this.start(), GATHERING).unref();
    return waiting.loaded;
  }

  /** Whoever asks after a change must not be given what was read before it, nor anybody what was read long ago. */
  private isShared({ reading }: Flight<Value>): boolean {
    return this.readings.isLatest(reading) && ageOf(reading) < DEADLINE;
  }

  private enqueue(id: string): Waiting<Value> {
    if (this.waiting.size >= MAX_WAITING)
      throw new StoreUnavailableError(new Error('Too many wait'));
    const waiting = newWaiting<Value>();
    this.waiting.set(id, waiting);
    return waiting;
  }

  private start(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    while (this.queries < MAX_QUERIES && this.waiting.size > 0) void this.query(this.takeBatch());
  }

  private takeBatch(): Batch<Value> {
    const batch = new Map<string, Waiting<Value>>();
    for (const [id, waiting] of this.waiting) {
      if (batch.size === MAX_IDS) break;
      batch.set(id, waiting);
      this.waiting.delete(id);
    }
    return batch;
  }

  private async query(batch: Batch<Value>): Promise<void> {
    const reading = this.readings.begin();
    this.queries += 1;
    for (const [id, { loaded }] of batch) this.flights.set(id, { reading, loaded });
    try {
      const values = await this.gate.ask(() => this.readMany([...batch.keys()], reading));
      for (const [id, { resolve }] of batch) resolve({ value: values.get(id), reading });
    } catch (error) {
      this.fail(batch, error);
    } finally {
      this.queries -= 1;
      this.land(batch);
      this.start();
    }
  }

  /** While nothing can be asked, those who wait for the next query would wait for the same failure. */
  private fail(batch: Batch<Value>, error: unknown): void {
    for (const { reject } of batch.values()) reject(error);
    if (this.gate.closed === null) return;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private land(batch: Batch<Value>): void {
    for (const [id, { loaded }] of batch) {
      if (this.flights.get(id)?.loaded === loaded) this.flights.delete(id);
    }
  }
}

function newWaiting<Value>(): Waiting<Value> {
  let resolve: Waiting<Value>['resolve'] = () => undefined;
  let reject: Waiting<Value>['reject'] = () => undefined;
  const outcome = new Promise<Loaded<Value>>((onLoaded, onError) => {
    resolve = onLoaded;
    reject = onError;
  });
  const loaded = withinLimit(DEADLINE, outcome, 'The database is too slow').catch(
    (error: unknown) => {
      throw error instanceof TimeLimitError ? new StoreUnavailableError(error) : error;
    },
  );
  return { loaded, resolve, reject };
}
