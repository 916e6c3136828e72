import { isId } from '@clary/nestjs-auth';
import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * Tells which database a folder of documents belongs to, by the id of one of its accounts. Without it, an API that is
 * started once over another database would take every file for one that nobody needs.
 */
export class FileOwner {
  private isTold = false;

  /** @param path of the file that says it */
  constructor(private readonly path: string) {}

  /** The id of an account of that database, or null while no document has been stored. */
  async read(): Promise<string | null> {
    const text = await readFile(this.path, 'utf8').catch(ignoreMissing);
    const id = text.trim();
    return isId('acct', id) ? id : null;
  }

  /**
   * Says it once, before the first document is stored. Replicas that do so at the same time name the same database.
   *
   * @param draft path under which it is written first, so that it is never there in part
   */
  async tell(accountId: string, draft: string): Promise<void> {
    if (this.isTold) return;
    if ((await this.read()) === null) {
      await writeFile(draft, `${accountId}\n`, { flag: 'wx', mode: 0o600, flush: true });
      await rename(draft, this.path);
    }
    this.isTold = true;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
