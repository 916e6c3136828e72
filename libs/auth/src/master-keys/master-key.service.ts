import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
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
  ) {}

  /** @throws WrongMasterKeyError, which stops the start. */
  async onModuleInit(): Promise<void> {
    const configured = this.settings.masterKeys.checkValues();
    await this.checks.insertNew(configured);
    for (const known of await this.checks.findAll()) {
      const own = configured.find(({ version }) => version === known.version);
      if (own === undefined) this.warnMissing(known.version);
      else if (!own.value.equals(known.value)) throw new WrongMasterKeyError(known.version);
    }
  }

  private warnMissing(version: number): void {
    this.logger.warn(
      `Master key version ${version} is missing: JWTs signed with keys sealed under it are answered with 503, ` +
        'API keys themselves go on working',
    );
  }
}
