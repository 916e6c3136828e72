import { Pool } from 'undici';
import type { CredentialSource } from './credentials.js';

/** A route as one scenario calls it. */
export interface Target {
  readonly path: string;
  readonly expectedStatus: number;
  readonly credentials: CredentialSource;
}

/** Sends requests to one server, over connections that stay open; each carries one request at a time. */
export class Client {
  private readonly pool: Pool;

  constructor(
    url: string,
    readonly connections: number,
  ) {
    this.pool = new Pool(url, { connections, pipelining: 1 });
  }

  /** Sends one request and calls back when its answer is read, or with an Error when it is not the one expected. */
  send({ path, expectedStatus, credentials }: Target, done: (error: Error | null) => void): void {
    let status = 0;
    this.pool.dispatch(
      { path, method: 'GET', headers: ['authorization', credentials.next()] },
      {
        // Without it undici takes the handler for one of its older kind.
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => void (status = statusCode),
        onResponseData: () => undefined,
        onResponseEnd: () =>
          done(
            status === expectedStatus
              ? null
              : new UnexpectedStatusError(path, status, expectedStatus),
          ),
        onResponseError: (_controller, error) => done(error),
      },
    );
  }

  /** The body of one answer, whose status is checked as well. */
  async read({ path, expectedStatus, credentials }: Target): Promise<string> {
    const headers = { authorization: credentials.next() };
    const { statusCode, body } = await this.pool.request({ path, method: 'GET', headers });
    const text = await body.text();
    if (statusCode !== expectedStatus)
      throw new UnexpectedStatusError(path, statusCode, expectedStatus);
    return text;
  }

  /** Closes all connections, whatever is under way on them. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}

/** A benchmark of refusals, or of errors, would say nothing: it ends here. */
export class UnexpectedStatusError extends Error {
  override readonly name = 'UnexpectedStatusError';

  constructor(path: string, status: number, expected: number) {
    super(
      `GET ${path} answered ${status} where ${expected} is expected; no figure of this run counts`,
    );
  }
}
