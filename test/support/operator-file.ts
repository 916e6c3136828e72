import {
  AuthSettings,
  generateDesiredKey,
  generateMasterKey,
  newId,
  type DesiredKey,
  type IssueApiKey,
} from '@clary/nestjs-auth';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PERMISSIONS, RATE_LIMITS } from '../../apps/api/src/auth-types.js';
import { toFileKey } from '../../apps/api/src/config-file/desired-state.mapping.js';

/** An account as a file names it. */
export interface FileAccount {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly status?: string;
}

/** A key made for a file, and its text. */
export interface FileKey {
  readonly key: string;
  readonly entry: DesiredKey;
}

/** What stands in a file. */
export interface FileContent {
  readonly revision: number;
  readonly accounts?: readonly FileAccount[];
  readonly keys?: readonly DesiredKey[];
}

/** A configuration file, and the master keys that its keys are sealed under. */
export class OperatorFile {
  readonly masterKeys = generateMasterKey();
  private readonly folder = mkdtempSync(join(tmpdir(), 'clary-file-'));
  readonly path = join(this.folder, 'clary.config.yaml');
  private readonly settings = new AuthSettings({
    masterKeys: this.masterKeys,
    permissions: PERMISSIONS,
    rateLimits: RATE_LIMITS,
  });

  /** What an API that reads the file is started with. */
  get variables(): Record<string, string> {
    return { CLARY_CONFIG: this.path, CLARY_MASTER_KEYS: this.masterKeys };
  }

  /** An account that no database knows. */
  account(more: Partial<FileAccount> = {}): FileAccount {
    return { id: newId('acct'), name: 'Account', tier: 'professional', ...more };
  }

  /** A key that no database knows. */
  key(account: FileAccount, more: Partial<IssueApiKey> = {}): FileKey {
    const request = { accountId: account.id, name: 'Key', permissions: ['*'], ...more };
    return generateDesiredKey(request, this.settings);
  }

  write({ keys = [], ...content }: FileContent): void {
    writeFileSync(this.path, stringify({ ...content, keys: keys.map(toFileKey) }));
  }

  writeText(text: string): void {
    writeFileSync(this.path, text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
