import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DocumentFiles } from './document-files.js';
import { DocumentRepository } from './document.repository.js';

/** Milliseconds. */
const HOUR = 3_600_000;
const PERIOD = 6 * HOUR;

/** Milliseconds that a file may be without a row: another replica may be writing it, or the database be slow to say so. */
const GRACE = 24 * HOUR;

/** Files looked up at a time. */
const BATCH = 100;

/**
 * Removes what a crash has left: uploads that never ended, and files whose row was never stored or is deleted. At start
 * and every six hours; several replicas may do it at once, since to remove a file twice does no harm.
 */
@Injectable()
export class DocumentSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Documents');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly documents: DocumentRepository,
    private readonly files: DocumentFiles,
  ) {}

  onApplicationBootstrap(): void {
    void this.sweep();
    this.timer = setInterval(() => void this.sweep(), PERIOD).unref();
  }

  /** Lets a sweep under way come to its end: the database goes next. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Sweeps, unless it is being done; what goes wrong is logged and tried again the next time. */
  sweep(): Promise<void> {
    this.running ??= this.run()
      .catch((err: unknown) => this.logger.warn({ msg: 'Files could not be swept', err }))
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<void> {
    const before = new Date(Date.now() - GRACE);
    let removed = await this.files.removeUploads(before);
    if (!(await this.isOurs())) return;
    for await (const ids of inBatches(this.files.documentsBefore(before), BATCH)) {
      if (this.stopped) break;
      removed += await this.removeUnknown(ids);
    }
    if (removed > 0) this.logger.log({ msg: 'Swept files that belong to no document', removed });
  }

  /** Whether the files are those of this database: under another one none of them would have a row. */
  private async isOurs(): Promise<boolean> {
    const owner = await this.files.ownerAccount();
    if (owner === null || (await this.documents.hasAccount(owner))) return true;
    this.logger.error({
      msg: 'The documents in DATA_DIR belong to another database than this: none is swept',
      accountId: owner,
    });
    return false;
  }

  private async removeUnknown(ids: string[]): Promise<number> {
    const known = await this.documents.known(ids);
    let removed = 0;
    for (const id of ids.filter((id) => !known.has(id))) {
      // Once more: what has a row is never removed, however long the others took.
      if ((await this.documents.known([id])).has(id)) continue;
      await this.files.remove(id);
      removed += 1;
    }
    return removed;
  }
}

async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    if (batch.push(item) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
