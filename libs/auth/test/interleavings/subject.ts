import { ApiKeyAuthenticator } from '../../src/api-keys/api-key.authenticator.js';
import { CredentialLookup } from '../../src/api-keys/credential-lookup.js';
import type { KeyRecordRepository } from '../../src/api-keys/key-record.repository.js';
import { KnownKeys } from '../../src/api-keys/known-keys.js';
import { StoreGate } from '../../src/api-keys/store-gate.js';
import { StoreUnavailableError } from '../../src/api-keys/store-unavailable.error.js';
import { ChangeClock } from '../../src/cache/change-clock.js';
import { Readings } from '../../src/cache/reading.js';
import { RememberedCredentials } from '../../src/cache/remembered-credentials.js';
import { Refusal } from '../../src/refusal.js';
import { answerOf, reasonOf, type Presented } from './oracle.js';
import { settings } from './states.js';

/** What is under test, put together as the module does. */
export class Subject {
  readonly changes = new ChangeClock();
  readonly gate = new StoreGate();
  private readonly keys: KnownKeys;
  private readonly authenticator: ApiKeyAuthenticator;

  constructor(records: Pick<KeyRecordRepository, 'findByIds' | 'findSigners'>) {
    const readings = new Readings(this.changes);
    this.keys = new KnownKeys(records as KeyRecordRepository, settings, readings, this.gate);
    this.authenticator = new ApiKeyAuthenticator(
      new CredentialLookup(this.keys, settings),
      settings,
      new RememberedCredentials(readings),
    );
  }

  /** What is answered to a request: from memory, else judged. */
  async ask({ way, credential, ip }: Presented): Promise<string> {
    const method = way === 'key' || way === 'wrong' ? 'api_key' : 'jwt';
    const address = (): string => ip;
    try {
      const known = this.authenticator.recall(method, credential, address);
      if (known !== undefined) return answerOf(known);
      if (method === 'api_key')
        return answerOf(await this.authenticator.authenticateKey(credential, address));
      return answerOf((await this.authenticator.authenticateToken(credential, address)).principal);
    } catch (error) {
      if (error instanceof StoreUnavailableError) return 'unavailable';
      if (error instanceof Refusal) return reasonOf(error);
      throw error;
    }
  }

  /** How much is kept of questions that may have ended. */
  get inMaps(): number {
    const { keys, signers } = this.keys as unknown as Record<'keys' | 'signers', object>;
    return [keys, signers, this.authenticator]
      .flatMap((part) => Object.values(part) as unknown[])
      .filter((part) => part instanceof Map || part instanceof Set)
      .reduce((sum, part) => sum + part.size, 0);
  }
}
