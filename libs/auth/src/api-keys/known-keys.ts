import { Injectable } from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
import { signersOf, stripesOf, type Stripes } from '../cache/change-clock.js';
import { GenerationalMap } from '../cache/generational-map.js';
import { ageOf, FRESH_FOR, Readings, type Reading, type Standing } from '../cache/reading.js';
import { MAX_SIGNERS } from './authentication-rules.js';
import { BatchLoader, type Urgency } from './batch-loader.js';
import { KeyRecordRepository } from './key-record.repository.js';
import { KnownKey } from './known-key.js';
import { newerOrUsable } from './newer-or-usable.js';
import { StoreGate } from './store-gate.js';

/** Keys that sign, and accounts for which keys sign, of a generation. */
const KEYS = 50_000;
const ACCOUNTS = 10_000;

/** Keys that were found, and when they were read. */
export interface FoundKeys {
  readonly keys: readonly KnownKey[];
  readonly reading: Reading;
}

/**
 * Keys by their ids and accounts, from memory or from the database. Those that sign stay in memory with the HMAC key of
 * their JWTs, for as long as what was read counts: a JWT seen for the first time costs no query.
 */
@Injectable()
export class KnownKeys {
  private readonly byId = new GenerationalMap<string, FoundKeys>(KEYS, FRESH_FOR);
  private readonly byAccount = new GenerationalMap<string, FoundKeys>(ACCOUNTS, FRESH_FOR);
  private readonly keys: BatchLoader<KnownKey>;
  private readonly signers: BatchLoader<readonly KnownKey[]>;

  constructor(
    private readonly records: KeyRecordRepository,
    private readonly settings: AuthSettings,
    private readonly readings: Readings,
    gate: StoreGate,
  ) {
    this.keys = new BatchLoader(gate, readings, (ids, reading) => this.readKeys(ids, reading));
    this.signers = new BatchLoader(gate, readings, (ids, reading) =>
      this.readSigners(ids, reading),
    );
  }

  /**
   * The key with this public id, in whatever state.
   *
   * @param urgency `soon` where what is in memory is to be renewed
   * @throws StoreUnavailableError when the database cannot be asked, and what was read before counts no longer
   */
  async find(id: string, urgency: Urgency = 'now'): Promise<FoundKeys> {
    const known = this.recallKey(id, 'current');
    if (known !== undefined && (urgency === 'now' || !this.readings.mayBeRenewed(known.reading)))
      return known;
    return newerOrUsable(this.loadKey(id, urgency), () => this.recallKey(id, 'usable'));
  }

  /**
   * The same, and it stays in memory.
   *
   * @throws StoreUnavailableError
   */
  async findSigning(id: string, urgency: Urgency = 'now'): Promise<FoundKeys> {
    const known = this.recallKey(id, 'current');
    if (known === undefined) return this.loadSigning(id, urgency);
    if (urgency === 'soon' && this.readings.mayBeRenewed(known.reading))
      return this.loadSigning(id, 'soon');
    if (this.isDue(known)) renew(this.loadSigning(id, 'soon'));
    return known;
  }

  /**
   * The keys of an account that may have signed a JWT which names none, in the order in which they are tried: one more
   * than are tried, where there are so many.
   *
   * @param maxAge milliseconds that the answer may be old
   * @throws StoreUnavailableError
   */
  async findSigners(
    accountId: string,
    maxAge: number,
    urgency: Urgency = 'now',
  ): Promise<FoundKeys> {
    const known = this.recallSigners(accountId, 'current', maxAge);
    if (known === undefined) return this.loadSigners(accountId, maxAge, urgency);
    if (urgency === 'soon' && this.readings.mayBeRenewed(known.reading))
      return this.loadSigners(accountId, maxAge, 'soon');
    if (this.readings.isDue(known.reading, stripesOfSigners(accountId)))
      renew(this.loadSigners(accountId, maxAge, 'soon'));
    return known;
  }

  private loadSigners(accountId: string, maxAge: number, urgency: Urgency): Promise<FoundKeys> {
    const loading = this.signers.load(accountId, urgency).then(({ value = [], reading }) => {
      const found = { keys: value, reading };
      if (value.length > 0) keepNewer(this.byAccount, accountId, found);
      return found;
    });
    return newerOrUsable(loading, () => this.recallSigners(accountId, 'usable', maxAge));
  }

  private loadSigning(id: string, urgency: Urgency): Promise<FoundKeys> {
    const loading = this.loadKey(id, urgency).then((found) => {
      if (found.keys.length > 0) keepNewer(this.byId, id, found);
      return found;
    });
    return newerOrUsable(loading, () => this.recallKey(id, 'usable'));
  }

  private async loadKey(id: string, urgency: Urgency): Promise<FoundKeys> {
    const { value, reading } = await this.keys.load(id, urgency);
    return { keys: value === undefined ? [] : [value], reading };
  }

  private isDue({ keys: [key] }: FoundKeys): boolean {
    return key !== undefined && this.readings.isDue(key.reading, key.stripes);
  }

  private recallKey(id: string, counts: Standing): FoundKeys | undefined {
    const known = this.byId.get(id);
    const key = known?.keys[0];
    if (known === undefined || key === undefined) return undefined;
    return this.readings.stands(counts, known.reading, key.stripes) ? known : undefined;
  }

  private recallSigners(
    accountId: string,
    counts: Standing,
    maxAge: number,
  ): FoundKeys | undefined {
    const known = this.byAccount.get(accountId);
    if (known === undefined || ageOf(known.reading) >= maxAge) return undefined;
    const stripes = stripesOfSigners(accountId);
    return this.readings.stands(counts, known.reading, stripes) ? known : undefined;
  }

  private async readKeys(
    ids: readonly string[],
    reading: Reading,
  ): Promise<ReadonlyMap<string, KnownKey>> {
    const records = await this.records.findByIds(ids);
    return new Map(records.map((record) => [record.id, new KnownKey(record, reading)]));
  }

  private async readSigners(
    accountIds: readonly string[],
    reading: Reading,
  ): Promise<ReadonlyMap<string, readonly KnownKey[]>> {
    const { environment } = this.settings;
    const records = await this.records.findSigners(accountIds, environment, MAX_SIGNERS + 1);
    const byAccount = new Map<string, KnownKey[]>(accountIds.map((id) => [id, []]));
    for (const record of records) {
      byAccount.get(record.accountId)?.push(new KnownKey(record, reading));
    }
    return byAccount;
  }
}

/** What the list of an account's keys depends on. */
function stripesOfSigners(accountId: string): Stripes {
  return stripesOf(accountId, signersOf(accountId));
}

/** Of two readings under way at the same time, the older one may end last. */
function keepNewer(map: GenerationalMap<string, FoundKeys>, name: string, found: FoundKeys): void {
  if ((map.get(name)?.reading.at ?? -Infinity) <= found.reading.at) map.set(name, found);
}

/** Reads while nobody waits: what fails is found again by whoever has to. */
function renew(reading: Promise<FoundKeys>): void {
  void reading.catch(() => undefined);
}
