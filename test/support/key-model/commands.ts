import fc from 'fast-check';
import { expect } from 'vitest';
import { send, type ShownKey } from '../json-client.js';
import { now } from '../tokens.js';
import type { Call, Key, KeyModel, Token } from './model.js';
import { CLIENTS, type Tier } from './rights.js';
import { assertNoMore, pick, type Plan, type Step } from './steps.js';
import { compareStored, describeCall, toRequest, use, type World } from './world.js';

/** Who calls: numbers pick keys and addresses of the moment. */
export interface Calling {
  readonly key: number;
  /** Of which keys: of the first, which reach far; of those that work; of these, in the account of the last change. */
  readonly of: 'first' | 'working' | 'related' | 'all';
  readonly ip: number;
  readonly replica: 0 | 1;
  readonly token: TokenChoice | undefined;
}

/** What a JWT is to say. */
export interface TokenChoice {
  readonly naming: Token['naming'];
  readonly sub: 'user' | 'own' | 'other';
  /** Seconds from now. */
  readonly age: number;
  readonly tier: Tier | undefined;
  readonly aud: string | undefined;
  readonly permissions: readonly string[] | undefined;
  readonly scope: string | undefined;
}

/** Keys that a run begins with and that may make others. */
const FIRST_KEYS = 10;

/** How often which command was answered with which status. */
export const tally = new Map<string, number>();

function count(command: string, status: number): void {
  const name = `${command} ${status}`;
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

type Command = fc.AsyncCommand<KeyModel, World>;

/** Something that a caller tries by one request. */
export class Try implements Command {
  private text = '';

  constructor(
    private readonly step: Step,
    private readonly calling: Calling,
  ) {}

  /** For each sequence anew: shrinking tries a command in several, and each is told as it went there. */
  [fc.cloneMethod](): Try {
    return new Try(this.step, this.calling);
  }

  check(): boolean {
    return true;
  }

  async run(model: KeyModel, world: World): Promise<void> {
    const { calling, step } = this;
    const call = toCall(model, calling);
    const plan = step.plan(model, world, call.key.account);
    const caller = model.authenticate(call);
    const expected = caller === null ? 401 : plan.status(caller);
    this.text = `${describeCall(call)}: ${step.describe(model, call.key.account)} → ${expected}`;
    const api = world.replicas.all[calling.replica];
    const maker = await this.observeMaker(plan, call, world);
    const earliest = Date.now();
    const options = { ...toRequest(call), ...(plan.json !== undefined && { json: plan.json }) };
    const answer = await send(api, plan.method, plan.path, options);
    const latest = Date.now();
    expect(answer.status, this.text).toBe(expected);
    count(step.constructor.name, expected);
    if (caller === null || answer.status >= 300) return;
    await plan.apply?.(caller, { ...answer, earliest, latest });
    if (maker !== undefined) await this.judgeGiven(maker, answer.body, model, world);
  }

  toString(): string {
    return this.text;
  }

  private async observeMaker({ gives }: Plan, call: Call, world: World) {
    if (gives !== true) return undefined;
    const { status, body } = await send<{ permissions: string[]; tier: Tier }>(
      world.replicas.first,
      'GET',
      '/v1/me',
      toRequest(call),
    );
    return status === 200 ? body : undefined;
  }

  /** The key that was made or changed holds no more than its maker, works on both replicas, and is stored as said. */
  private async judgeGiven(
    maker: { permissions: string[]; tier: Tier },
    body: ShownKey,
    model: KeyModel,
    world: World,
  ): Promise<void> {
    const given = model.keys.find(({ id }) => id === body.id);
    if (given === undefined) throw new Error('The model does not know the key');
    assertNoMore(maker, body, given.account);
    const [ip] = CLIENTS;
    for (const api of world.replicas.all)
      await use(model, api, { key: given, token: undefined, ip });
  }
}

/** A credential is used. */
export class Use implements Command {
  private text = '';

  constructor(private readonly calling: Calling) {}

  [fc.cloneMethod](): Use {
    return new Use(this.calling);
  }

  check(): boolean {
    return true;
  }

  async run(model: KeyModel, { replicas }: World): Promise<void> {
    const call = toCall(model, this.calling);
    const caller = model.authenticate(call);
    this.text = `${describeCall(call)}: is used → ${caller === null ? 401 : 200}`;
    await use(model, replicas.all[this.calling.replica], call);
    count('Use', caller === null ? 401 : 200);
  }

  toString(): string {
    return this.text;
  }
}

/** Time passes for one key: it expired a second ago. */
export class Expire implements Command {
  private text = '';

  /** @param target picks one of the keys that were made in the run, if there is one yet */
  constructor(private readonly target: number) {}

  [fc.cloneMethod](): Expire {
    return new Expire(this.target);
  }

  check(): boolean {
    return true;
  }

  async run(model: KeyModel, { replicas }: World): Promise<void> {
    const made = model.keys.slice(FIRST_KEYS);
    const key = pick(made.length > 0 ? made : model.keys, this.target);
    this.text = `${key.label} expires`;
    key.expiresAt = Date.now() - 1000;
    const { database } = replicas.first;
    const values = [key.id, new Date(key.expiresAt)];
    await database.query('UPDATE auth_api_keys SET expires_at = $2 WHERE id = $1', values);
    count('Expire', 200);
  }

  toString(): string {
    return this.text;
  }
}

/** Everything that is stored is as the model says, and whatever works works, and nothing else. */
export async function judgeAll(model: KeyModel, world: World): Promise<void> {
  await compareStored(model, world);
  const [ip] = CLIENTS;
  for (const key of model.keys)
    await use(model, world.replicas.second, { key, token: undefined, ip });
}

function toCall(model: KeyModel, calling: Calling): Call {
  const ip = pick(CLIENTS, calling.ip);
  const key = pick(candidates(model, calling.of, ip), calling.key);
  if (calling.token === undefined) return { key, token: undefined, ip };
  const { naming, sub, age, ...claims } = calling.token;
  const other = model.accounts.find((account) => account !== key.account);
  const account = sub === 'other' ? other?.id : key.account.id;
  const subject = naming !== 'account' && sub === 'user' ? 'user' : (account ?? '');
  return { key, ip, token: { naming, sub: subject, iat: now() + age, ...claims } };
}

function candidates(model: KeyModel, of: Calling['of'], ip: string): readonly Key[] {
  if (of === 'first') return model.keys.slice(0, FIRST_KEYS);
  if (of === 'all') return model.keys;
  const working = model.keys.filter(
    (key) => model.authenticate({ key, token: undefined, ip }) !== null,
  );
  const account = model.lastChanged?.account;
  const related = of === 'related' ? working.filter((key) => key.account === account) : [];
  return [related, working, model.keys].find((keys) => keys.length > 0) ?? [];
}
