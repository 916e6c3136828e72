import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { claimAlone, claimServer } from '../src/claim.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/index.js';
import { readState } from '../src/server-state.js';
import { eventually, processesOn, untilGone } from './support/processes.js';
import { makeDataFolder, makeSandbox, removeDataFolders, type Sandbox } from './support/sandbox.js';
import { Victim, type VictimOptions } from './support/victim-process.js';

// PostgreSQL says why it ends a session, and a client that is writing may miss that.
const SESSION_ENDED =
  /^(terminating connection due to administrator command|Connection terminated|Client has encountered a connection error)/;

const COMMAND = { lease: 'short', whenRunning: 'adopt' } as const;

let sandbox: Sandbox;
let dataDir: string;
const victims: Victim[] = [];
const open: EmbeddedPostgres[] = [];

function startVictim(options: Omit<VictimOptions, 'dataDir'>): Victim {
  const victim = new Victim(sandbox, { dataDir, ...options });
  victims.push(victim);
  return victim;
}

async function startHere(
  options: Omit<Parameters<typeof startEmbeddedPostgres>[0], 'dataDir'>,
): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, ...options });
  open.push(database);
  return database;
}

/** Whether something is settled by the time a second thing is. */
function settledYet(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  const settle = () => void (isSettled = true);
  promise.then(settle, settle);
  return () => isSettled;
}

beforeAll(() => {
  sandbox = makeSandbox();
});

afterEach(async () => {
  for (const victim of victims.splice(0)) await victim.kill();
  // Those that adopted first: the server waits for them.
  for (const database of open.splice(0).reverse()) await database.stop();
  await untilGone(dataDir);
});

afterAll(() => {
  sandbox.remove();
  removeDataFolders();
});

describe('a command that started the server', () => {
  it('does not stop it under another that has adopted it, and does once that is done', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const told: string[] = [];
    const first = await startHere({ ...COMMAND, log: (line) => told.push(line) });
    expect(await readState(dataDir)).toMatchObject({ supervisor: process.pid, lease: 'short' });
    const second = startVictim(COMMAND);
    expect(await second.event('ready')).toMatchObject({ adopted: true, url: first.url });
    const stopped = first.stop();
    const isStopped = settledYet(stopped);
    await eventually(() => told.some((line) => line.includes('other programs')));
    second.interruptGroup();
    // It asks the server once more before it lets go.
    await second.event('answered');
    expect(isStopped()).toBe(false);
    // Letting go keeps the command alive until it is done.
    await second.event('stopped');
    expect(await second.exited).toBe(0);
    await stopped;
    expect(processesOn(dataDir)).toEqual([]);
  });

  it('has those who come too late start a server of their own', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const first = await startHere(COMMAND);
    const second = startVictim(COMMAND);
    await second.event('ready');
    const told: string[] = [];
    const stopped = first.stop();
    const third = startHere({ ...COMMAND, log: (line) => told.push(line) });
    second.interruptGroup();
    await Promise.all([stopped, third]);
    expect((await third).adopted).toBe(false);
  });

  it('is one of many at once, and all of them get their work done', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const many = Array.from({ length: 4 }, () => startVictim(COMMAND));
    const ends = many.map(async (victim) => {
      await victim.event('ready');
      victim.interruptGroup();
      await victim.event('answered');
      return victim.exited;
    });
    expect(await Promise.all(ends)).toEqual([0, 0, 0, 0]);
    await untilGone(dataDir);
  });

  it('and is killed takes the server along, and the next one starts another', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const first = startVictim(COMMAND);
    await first.event('ready');
    const second = startVictim({ ...COMMAND, mode: 'write' });
    await second.event('row');
    await first.kill();
    expect((await second.event('failed')).message).toMatch(SESSION_ENDED);
    const third = await startHere(COMMAND);
    expect(third.adopted).toBe(false);
  });
});

describe('the wait for others', () => {
  it('has an end, and so has a claim that comes too late', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const database = await startHere({});
    const { port, password } = new URL(database.url);
    const other = await claimServer(Number(port), password);
    const told: string[] = [];
    const log = (line: string) => void told.push(line);
    expect(await claimAlone(Number(port), password, log, 100)).toBeUndefined();
    expect(told.at(-1)).toMatch(/without waiting for other programs/);
    await other.release();
    const alone = await claimAlone(Number(port), password, log, 100);
    const late = expect(claimServer(Number(port), password)).rejects.toThrow();
    await database.stop();
    await late;
    await alone?.release();
  });
});

describe('a service that starts', () => {
  it('waits for a command that holds the folder, and says so in one line', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const command = startVictim(COMMAND);
    const { pid } = await command.event('ready');
    const told: string[] = [];
    const service = startHere({ log: (line) => told.push(line) });
    await eventually(() => told.length > 0);
    command.interruptGroup();
    expect(await service).toMatchObject({ adopted: false });
    expect((await service).pid).not.toBe(pid);
    expect(told).toEqual([
      `Waiting for a command (process ${command.pid}) that uses ${dataDir} to be done.`,
    ]);
    expect(await readState(dataDir)).toMatchObject({ lease: 'long' });
  });

  it('is refused by another service while a command uses that one', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    await startVictim({}).event('ready');
    await startHere(COMMAND);
    await expect(startHere({})).rejects.toMatchObject({ code: 'already_running' });
  });
});

describe('a service that stops while a command works', () => {
  it('does not wait for it, and the command is told', async () => {
    dataDir = join(makeDataFolder(), 'postgres');
    const service = await startHere({});
    const command = startVictim({ ...COMMAND, mode: 'write' });
    await command.event('row');
    await service.stop();
    expect((await command.event('failed')).message).toMatch(SESSION_ENDED);
    expect(await command.exited).toBe(1);
  });
});
