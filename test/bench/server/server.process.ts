import { AccountService, ApiKeyService } from '@clary/nestjs-auth';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { BenchModule } from './bench.module.js';
import { measureHeap } from './heap.js';
import { issueAccounts, type Issuers } from './issue-accounts.js';
import type { Command, Reply } from './messages.js';

/** The process under measurement: one application, told by its parent what to prepare. */
async function serve(databaseUrl: string): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(
    BenchModule.forDatabase(databaseUrl),
    new FastifyAdapter(),
    { logger: ['error'], abortOnError: false },
  );
  await app.listen(0, '127.0.0.1');
  const issuers: Issuers = {
    accounts: app.get(AccountService, { strict: false }),
    apiKeys: app.get(ApiKeyService, { strict: false }),
    dataSource: app.get(DataSource, { strict: false }),
  };
  process.on('message', (command: Command) => void obey(command, issuers).then(say));
  // The parent is gone, or done with us.
  process.on('disconnect', () => void app.close().then(() => process.exit()));
  say({ name: 'ready', url: await app.getUrl(), postgres: await versionOf(issuers.dataSource) });
}

async function obey(command: Command, issuers: Issuers): Promise<Reply> {
  if (command.name === 'issue') {
    const accounts = await issueAccounts(issuers, command.plan);
    return { name: 'issued', accounts };
  }
  if (command.name === 'heap') return measureHeap(command.collected);
  const { user, system } = process.cpuUsage();
  return { name: 'cpu', microseconds: user + system };
}

async function versionOf(dataSource: DataSource): Promise<string> {
  const rows = await dataSource.query<{ server_version: string }[]>('SHOW server_version');
  return rows[0]?.server_version ?? 'unknown';
}

function say(reply: Reply): void {
  process.send?.(reply);
}

// Ctrl-C reaches the whole group; the parent decides when this one ends.
process.on('SIGINT', () => undefined);
await serve(process.argv[2] ?? '');
