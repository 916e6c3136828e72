import pg from 'pg';

/** How the driver says that a query took longer than `query_timeout`. */
const TIMED_OUT = 'Query read timeout';

/** What the driver keeps of a connection, beyond its types. */
interface Wired {
  readonly connection: { readonly stream: { destroy(): void } };
}

/**
 * A connection for the pool that mends two things of the driver. One that breaks in the moment in which it changes hands
 * has nobody who listens to its error, and would end the process. One that answers no more is given back to the pool after
 * the query's time is up, and would keep the next one waiting as long.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }

  /** As the driver's; cuts a connection whose answer did not come in time. */
  override query(...parameters: never[]): never {
    const running = (super.query as (...parameters: never[]) => unknown).apply(this, parameters);
    if (running instanceof Promise) {
      running.catch((error: unknown) => {
        if (error instanceof Error && error.message === TIMED_OUT) this.cut();
      });
    }
    return running as never;
  }

  private cut(): void {
    (this as unknown as Wired).connection.stream.destroy();
  }
}
