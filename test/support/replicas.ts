import { generateMasterKey, type IssuedApiKey, type IssueApiKey } from '@clary/nestjs-auth';
import { startTestApi, type RequestOptions, type TestApi } from './api.js';

/** Two replicas over one database and one folder of documents. Requests go to them in turn. */
export class Replicas {
  private requests = 0;

  private constructor(
    readonly first: TestApi,
    readonly second: TestApi,
  ) {}

  /** @param variables of both, beside those of the harness */
  static async start(variables: Record<string, string> = {}): Promise<Replicas> {
    const shared = { CLARY_MASTER_KEYS: generateMasterKey(), ...variables };
    const first = await startTestApi({ variables: shared });
    const { database, dataDir } = first;
    const second = await startTestApi({ database, variables: { ...shared, DATA_DIR: dataDir } });
    return new Replicas(first, second);
  }

  /** Both, to be taken in turn. */
  get all(): readonly [TestApi, TestApi] {
    return [this.first, this.second];
  }

  /** Makes a key; in an account of its own, unless one is named. */
  async issueKey(request?: Partial<IssueApiKey>): Promise<IssuedApiKey> {
    const issued = await this.first.issueKey(request);
    this.second.knowKey(issued.key);
    return issued;
  }

  /** Tells of a key that was made over the API: no secret of it may be found either. */
  knowKey(key: string): void {
    this.first.knowKey(key);
    this.second.knowKey(key);
  }

  /** Sends one request to the replica whose turn it is. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response> {
    this.requests += 1;
    const replica = this.requests % 2 === 0 ? this.second : this.first;
    return replica.request(method, path, options);
  }

  async stop(): Promise<void> {
    // The first one made the database and the folder, and takes them away.
    try {
      await this.second.stop();
    } finally {
      await this.first.stop();
    }
  }
}
