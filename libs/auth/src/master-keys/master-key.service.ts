import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SealedDigestRepository } from '../api-keys/sealed-digest.repository.js';
import { AuthSettings } from '../auth.settings.js';
import type { MasterKeyCheckValue } from '../credential/master-keys.js';
import { MasterKeyRepository } from './master-key.repository.js';

/** Thrown at start when a configured master key is not the one that its version names in this database. */
export class WrongMasterKeyError extends Error {
  override readonly name = 'WrongMasterKeyError';

  /** @param version of the master key that is not the known one */
  constructor(readonly version: number) {
    super(
      `Master key version ${version} is not the key that this database knows under that version: ` +
        'give the original key back, or give the new key a version of its own',
    );
  }
}

/** Sees to it that the master keys are those the database was written with. */
@Injectable()
export class MasterKeyService implements OnModuleInit {
  private readonly logger = new Logger(MasterKeyService.name);

  constructor(
    private readonly settings: AuthSettings,
    private readonly checks: MasterKeyRepository,
    private readonly digests: SealedDigestRepository,
  ) {}

  /** @throws WrongMasterKeyError, which stops the start. */
  async onModuleInit(): Promise<void> {
    if (this.settings.registerMasterKeys) await this.register();
    const known = await this.checks.findAll();
    const missing = this.missingOf(known);
    if (missing.length > 0) await this.warnMissing(missing);
  }

  /** Remembers the configured versions that this database has not seen. */
  async register(): Promise<void> {
    await this.checks.insertNew(this.settings.masterKeys.checkValues());
  }

  /** Whether the version under which new keys are sealed is one that this database has seen. */
  async isNewestKnown(): Promise<boolean> {
    const { version } = this.settings.masterKeys.newest;
    return (await this.checks.findAll()).some((known) => known.version === version);
  }

  /**
   * The versions that the database has seen and that are not configured.
   *
   * @throws WrongMasterKeyError
   */
  private missingOf(checks: readonly MasterKeyCheckValue[]): number[] {
    const configured = this.settings.masterKeys.checkValues();
    const wrong = checks.find(({ version, value }) =>
      configured.some((own) => own.version === version && !own.value.equals(value)),
    );
    if (wrong !== undefined) throw new WrongMasterKeyError(wrong.version);
    const own = configured.map(({ version }) => version);
    return checks.map(({ version }) => version).filter((version) => !own.includes(version));
  }

  /** A version that seals nothing any more was taken out on purpose. */
  private async warnMissing(versions: readonly number[]): Promise<void> {
    const sealed = await this.digests.countByVersion();
    for (const version of versions.filter((one) => sealed.has(one))) {
      this.logger.warn(
        `Master key version ${version} is missing: JWTs signed with keys sealed under it are answered with 503, ` +
          'API keys themselves go on working',
      );
    }
  }
}
