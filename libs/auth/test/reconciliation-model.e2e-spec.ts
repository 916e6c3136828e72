import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '../../../test/support/scratch-database.js';
import {
  AccountService,
  ApiKeyConflictError,
  ApiKeyNotFoundError,
  ApiKeyService,
  AuthModule,
  AuthSettings,
  generateDesiredKey,
  generateMasterKey,
  InvalidDesiredStateError,
  ReconciliationService,
  type ApiKey,
  type DesiredKey,
} from '../src/index.js';
import { authDatabase } from './auth-database.js';

const OPTIONS = { masterKeys: generateMasterKey(), permissions: ['a:b'], audit: true };
const RUNS = Number(process.env['MODEL_RUNS'] ?? 40);
const SEED = Number(process.env['MODEL_SEED'] ?? 20261124);
const KEYS = 3;
const HOUR = 3_600_000;
const LATER = new Date('2999-01-01T00:00:00Z');

/** What a file says of one of the keys. */
interface Entry {
  readonly key: number;
  readonly name: string;
  readonly status: 'active' | 'disabled' | undefined;
  readonly expires: 'later' | 'never';
}

type Command =
  | { readonly type: 'file'; readonly step: -1 | 0 | 1; readonly entries: readonly Entry[] }
  | { readonly type: 'again' }
  | { readonly type: 'rename'; readonly key: number }
  | { readonly type: 'switch'; readonly key: number; readonly status: 'active' | 'disabled' }
  | { readonly type: 'revoke'; readonly key: number }
  | { readonly type: 'rotate'; readonly key: number };

/** What should be true of a key that the file made. */
interface Expected {
  name: string;
  disabled: boolean;
  revoked: boolean;
  expires: 'later' | 'never' | 'grace';
}

interface Applied {
  readonly revision: number;
  readonly entries: readonly Entry[];
  /** Of which run its keys are: those of another run are gone from every file of this one. */
  readonly run: number;
}

const key = fc.nat({ max: KEYS - 1 });
const status = fc.constantFrom('active' as const, 'disabled' as const);
const entry = fc.record({
  key,
  name: fc.constantFrom('A', 'B'),
  status: fc.option(status, { nil: undefined }),
  expires: fc.constantFrom('later' as const, 'never' as const),
});
const entries = fc.uniqueArray(entry, { selector: (one) => one.key, maxLength: KEYS });
const step = fc.constantFrom(1 as const, 1 as const, 1 as const, 0 as const, -1 as const);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('file' as const), step, entries }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('again' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('rename' as const), key }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('switch' as const), key, status }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('revoke' as const), key }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rotate' as const), key }) },
);

/** Without keys of the file nothing else is of interest. */
const ALL: Command = {
  type: 'file',
  step: 1,
  entries: Array.from({ length: KEYS }, (_, number) => ({
    key: number,
    name: 'A',
    status: undefined,
    expires: 'never',
  })),
};

let database: ScratchDatabase;
let app: INestApplicationContext;
let accountId: string;
let applied: Applied | null = null;
let runs = 0;

/** How often each change was made; what never happens is not judged. */
const done = new Map<string, number>();

beforeAll(async () => {
  database = await createScratchDatabase();
  const imports = [authDatabase(database.url), AuthModule.forRoot(OPTIONS)];
  app = await (
    await Test.createTestingModule({ imports }).compile()
  )
    .createNestApplication()
    .init();
  accountId = (await app.get(AccountService).create({ name: 'Owner', tier: 'standard' })).id;
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

/** The keys of one run, as they should be. */
class Run {
  private readonly number = (runs += 1);
  private readonly made: readonly DesiredKey[];
  private readonly expected = new Map<number, Expected>();
  private readonly successors: string[] = [];

  constructor() {
    const settings = app.get(AuthSettings);
    const request = { accountId, name: 'Key', permissions: ['a:b'] };
    this.made = Array.from({ length: KEYS }, () => generateDesiredKey(request, settings).entry);
  }

  async do(command: Command): Promise<void> {
    if (command.type === 'file')
      return this.apply((applied?.revision ?? 1) + command.step, command.entries);
    if (command.type === 'again')
      return applied === null ? undefined : this.apply(applied.revision, applied.entries);
    return this.change(command);
  }

  /** Whether the database is as the rules say. */
  async judge(): Promise<void> {
    for (const [number, { id }] of this.made.entries()) {
      const wanted = this.expected.get(number);
      if (wanted === undefined) await expect(keys().get(id)).rejects.toThrow(ApiKeyNotFoundError);
      else expect(stateOf(await keys().get(id))).toEqual(wanted);
    }
    for (const id of this.successors)
      expect(stateOf(await keys().get(id))).toMatchObject({ disabled: false, revoked: false });
  }

  private async apply(revision: number, given: readonly Entry[]): Promise<void> {
    const desired = { revision, accounts: [], keys: given.map((one) => this.toDesired(one)) };
    const work = app.get(ReconciliationService).apply(desired);
    if (applied !== null && revision < applied.revision) {
      expect(await work).toMatchObject({ status: 'stale' });
      return;
    }
    if (revision === applied?.revision && !this.isSame(given))
      return expect(work).rejects.toThrow(InvalidDesiredStateError);
    expect(await work).toMatchObject({ status: 'apply' });
    applied = { revision, entries: given, run: this.number };
    this.expectApplied(given);
  }

  private expectApplied(given: readonly Entry[]): void {
    for (const one of given) this.expectEntry(one);
    const named = given.map((one) => one.key);
    for (const [number, state] of this.expected) if (!named.includes(number)) state.revoked = true;
  }

  private expectEntry({ key: number, name, status: wanted, expires }: Entry): void {
    const before = this.expected.get(number);
    if (before?.revoked === true) return;
    this.expected.set(number, {
      name,
      disabled: wanted === undefined ? (before?.disabled ?? false) : wanted === 'disabled',
      revoked: false,
      expires: before?.expires === 'grace' ? 'grace' : expires,
    });
  }

  private async change(
    command: Exclude<Command, { readonly type: 'file' | 'again' }>,
  ): Promise<void> {
    const state = this.expected.get(command.key);
    const { id } = this.made[command.key] as DesiredKey;
    const work = send(id, command);
    if (state === undefined) return expect(work).rejects.toThrow(ApiKeyNotFoundError);
    if (isConflict(state, command)) return expect(work).rejects.toThrow(ApiKeyConflictError);
    const successor = await work;
    if (successor !== null) this.successors.push(successor);
    changeExpected(state, command);
    done.set(command.type, (done.get(command.type) ?? 0) + 1);
  }

  private toDesired({ key: number, name, status: wanted, expires }: Entry): DesiredKey {
    const expiresAt = expires === 'later' ? LATER : null;
    return { ...(this.made[number] as DesiredKey), name, status: wanted, expiresAt };
  }

  private isSame(given: readonly Entry[]): boolean {
    const sorted = (list: readonly Entry[]) =>
      JSON.stringify([...list].sort((one, other) => one.key - other.key));
    if (applied === null || sorted(given) !== sorted(applied.entries)) return false;
    return applied.run === this.number || given.length === 0;
  }
}

const keys = (): ApiKeyService => app.get(ApiKeyService);

function isConflict(state: Expected, { type }: Command): boolean {
  if (type === 'revoke') return false;
  if (type === 'rotate') return state.revoked || state.disabled || state.expires === 'grace';
  return state.revoked;
}

/** Does it, and gives the id of a successor. */
async function send(
  id: string,
  command: Exclude<Command, { readonly type: 'file' | 'again' }>,
): Promise<string | null> {
  if (command.type === 'rotate') return (await keys().rotate(id, HOUR)).record.id;
  if (command.type === 'revoke') await keys().revoke(id);
  else if (command.type === 'rename') await keys().patch(id, { name: 'Renamed' });
  else await keys().patch(id, { status: command.status });
  return null;
}

function changeExpected(state: Expected, command: Command): void {
  if (command.type === 'rename') state.name = 'Renamed';
  if (command.type === 'switch') state.disabled = command.status === 'disabled';
  if (command.type === 'revoke') state.revoked = true;
  if (command.type === 'rotate') state.expires = 'grace';
}

function stateOf({ name, disabledAt, revokedAt, expiresAt, rotatedTo }: ApiKey): Expected {
  const ends = expiresAt === null ? 'never' : 'later';
  const inGrace = rotatedTo !== null && expiresAt !== null && expiresAt < LATER;
  return {
    name,
    disabled: disabledAt !== null,
    revoked: revokedAt !== null,
    expires: inGrace ? 'grace' : ends,
  };
}

it('any sequence of files and changes ends where the rules say', async () => {
  const property = fc.asyncProperty(
    fc.array(command, { maxLength: 30, size: 'max' }),
    async (commands) => {
      const run = new Run();
      await run.do(ALL);
      for (const one of commands) {
        await run.do(one);
        await run.judge();
      }
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  for (const change of ['rename', 'switch', 'revoke', 'rotate'])
    expect(done.get(change), change).toBeGreaterThan(RUNS / 4);
}, 600_000);
