import {
  AccountService,
  ChangeListener,
  ApiKeyService,
  generateMasterKey,
  type IssuedApiKey,
  type IssueApiKey,
} from '@clary/nestjs-auth';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../apps/api/src/config/environment.js';
import { createLogger } from '../../apps/api/src/logging/logger.js';
import { startApi, type RunningApi } from '../../apps/api/src/start.js';
import {
  asTexts,
  findLeaks,
  secretsOfKey,
  secretsOfToken,
  storedValues,
  type ScannedText,
} from './leak-scan.js';
import { DocumentedApi, readDocument, type Exchange } from './documented.js';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.js';

/** What a test may say of a request. */
export interface RequestOptions {
  /** Sent as `Authorization: Bearer <credential>`. */
  readonly credential?: string;
  /** Sent as a JSON body. */
  readonly json?: unknown;
  readonly body?: RequestInit['body'];
  readonly headers?: Record<string, string>;
}

/** Where a test may start from. */
export interface TestApiOptions {
  /** Environment variables beside those of the harness. */
  readonly variables?: Record<string, string>;
  /** A database to share with another API; without one, each API has its own. */
  readonly database?: ScratchDatabase;
}

/**
 * A real API on a real socket over a real database. Whatever a test does with it, no secret of it may be found in its
 * log, its refusals or its database: `stop` looks, and fails the test file. Whatever it answers must be as its OpenAPI
 * document says.
 */
export class TestApi {
  private readonly secrets = new Set<string>();
  private readonly refusals: ScannedText[] = [];
  private readonly undocumented: string[] = [];

  private constructor(
    private readonly running: RunningApi,
    readonly database: ScratchDatabase,
    readonly dataDir: string,
    private readonly description: DocumentedApi,
    /** The first admin key of the installation. */
    readonly adminKey: string,
    /** Every line of the log so far. */
    readonly log: readonly string[],
    private readonly ownsDatabase: boolean,
  ) {
    if (adminKey !== '') this.keepSecret(secretsOfKey(adminKey));
  }

  static async start({ variables = {}, database }: TestApiOptions = {}): Promise<TestApi> {
    const own = database ?? (await createScratchDatabase());
    const dataDir = await mkdtemp(join(tmpdir(), 'clary-data-'));
    const keyFile = join(dataDir, 'first-key');
    const config = readConfig({
      DATABASE_URL: own.url,
      DATA_DIR: dataDir,
      PORT: '0',
      CLARY_MASTER_KEYS: generateMasterKey(),
      CLARY_BOOTSTRAP_KEY_FILE: keyFile,
      LOG_LEVEL: 'trace',
      ...variables,
    });
    const log: string[] = [];
    const logger = createLogger(config, { write: (line) => void log.push(line) });
    const running = await startApi(config, logger);
    own.watchers.add(() => running.app.get(ChangeListener, { strict: false }).catchUp());
    const adminKey = (await readFile(keyFile, 'utf8').catch(() => '')).trim();
    const description = new DocumentedApi(await readDocument(running.url));
    return new TestApi(running, own, dataDir, description, adminKey, log, database === undefined);
  }

  get url(): string {
    return this.running.url;
  }

  /** An instance of one of the application's providers. */
  get<Provider>(token: new (...args: never[]) => Provider): Provider {
    return this.running.app.get(token, { strict: false });
  }

  /** Makes a key; in an account of its own, unless one is named. */
  async issueKey(request: Partial<IssueApiKey> = {}): Promise<IssuedApiKey> {
    const tier = request.tier ?? 'professional';
    const accountId =
      request.accountId ?? (await this.get(AccountService).create({ name: 'Test', tier })).id;
    const issued = await this.get(ApiKeyService).issue({
      name: 'Test',
      permissions: ['*'],
      ...request,
      accountId,
    });
    this.keepSecret(secretsOfKey(issued.key));
    return issued;
  }

  /** Applies the configuration file again, as SIGHUP does. */
  async reload(): Promise<void> {
    await this.running.reload();
    await this.database.settle();
  }

  /** Tells of a key that was made over the API: no secret of it may be found either. */
  knowKey(key: string): void {
    this.keepSecret(secretsOfKey(key));
  }

  /** Sends one request. What the API's own description does not say of the answer fails the test. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { credential, json, body, headers } = options;
    if (credential?.includes('.')) this.keepSecret(secretsOfToken(credential));
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body }),
    });
    await this.keep({ method, path, json, answer });
    return answer;
  }

  private async keep({ method, path, json, answer }: Exchange): Promise<void> {
    // Another replica knows of a change in milliseconds; a test is quicker.
    if (method !== 'GET' && method !== 'HEAD') await this.database.settle();
    if (answer.status >= 400) await this.keepRefusal(`${method} ${path.slice(0, 60)}`, answer);
    await this.compare({ method, path, json, answer });
  }

  /** Where secrets stand that should not: log lines, refusals, columns. */
  async findLeaks(): Promise<string[]> {
    return findLeaks(this.secrets, [
      ...this.log.map((text, index) => ({ from: `line ${index} of the log`, text })),
      ...this.refusals,
      ...asTexts(await storedValues(this.database)),
    ]);
  }

  /** The log lines of one request. */
  linesOf(requestId: string | null): Record<string, unknown>[] {
    return this.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['requestId'] === requestId);
  }

  /** @param patience as of the API's own `stop` */
  async stop(patience?: number): Promise<void> {
    await this.running.stop(patience);
    const leaks = await this.findLeaks();
    if (this.ownsDatabase) await this.database.drop();
    await rm(this.dataDir, { recursive: true, force: true });
    if (this.undocumented.length > 0) throw new Error(this.undocumented.join('\n'));
    if (leaks.length > 0) throw new Error(`A secret stands in: ${leaks.join('; ')}`);
  }

  private keepSecret(secrets: readonly string[]): void {
    secrets.forEach((secret) => this.secrets.add(secret));
  }

  private async compare(exchange: Exchange): Promise<void> {
    const differences = await this.description.differences(exchange);
    if (differences.length === 0) return;
    // Said again at the end, for tests that expect the request to fail.
    this.undocumented.push(...differences);
    throw new Error(differences.join('\n'));
  }

  private async keepRefusal(from: string, answer: Response): Promise<void> {
    const headers = JSON.stringify([...answer.headers]);
    this.refusals.push({
      from: `the answer to ${from}`,
      text: headers + (await answer.clone().text()),
    });
  }
}

/** Starts an API for one test file. */
export function startTestApi(options?: TestApiOptions): Promise<TestApi> {
  return TestApi.start(options);
}
