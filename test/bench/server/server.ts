import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, HeldAccount, IssuePlan, Reply } from './messages.js';

type ReplyTo<Name extends Reply['name']> = Extract<Reply, { name: Name }>;

/** The process under measurement, seen from its parent. */
export class BenchServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    /** Version of the PostgreSQL behind it. */
    readonly postgres: string,
  ) {}

  /** @throws Error when it ends before it is ready */
  static async start(databaseUrl: string): Promise<BenchServer> {
    const path = fileURLToPath(new URL('server.process.js', import.meta.url));
    const child = fork(path, [databaseUrl], {
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    });
    const { url, postgres } = await nextReply(child, 'ready');
    return new BenchServer(child, url, postgres);
  }

  /** Makes accounts with keys. */
  async issue(plan: IssuePlan): Promise<readonly HeldAccount[]> {
    return (await this.ask({ name: 'issue', plan }, 'issued')).accounts;
  }

  /** CPU time of the process since its start, in microseconds: all its threads, and not PostgreSQL's. */
  async cpu(): Promise<number> {
    return (await this.ask({ name: 'cpu' }, 'cpu')).microseconds;
  }

  /** Memory of the process, in bytes; `collected` has garbage collected before. */
  heap(collected: boolean): Promise<ReplyTo<'heap'>> {
    return this.ask({ name: 'heap', collected }, 'heap');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }

  private ask<Name extends Reply['name']>(command: Command, name: Name): Promise<ReplyTo<Name>> {
    const reply = nextReply(this.child, name);
    this.child.send(command);
    return reply;
  }
}

function nextReply<Name extends Reply['name']>(
  child: ChildProcess,
  name: Name,
): Promise<ReplyTo<Name>> {
  return new Promise((resolve, reject) => {
    const onMessage = (reply: Reply): void => {
      child.off('exit', onExit);
      if (reply.name === name) resolve(reply as ReplyTo<Name>);
      else reject(new Error(`The server said "${reply.name}" where "${name}" was due`));
    };
    const onExit = (): void => {
      child.off('message', onMessage);
      reject(new Error('The server ended too soon'));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
