import type { DataSource } from 'typeorm';
import { withinLimit } from '../time-limit.js';

/** A notice (PostgreSQL, NOTIFY). */
export interface Notice {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** What is used of a connection of the driver `pg`. Without its types: an application need not have them. */
interface DriverClient {
  connect(): Promise<void>;
  query(sql: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification', listener: (notice: Notice) => void): void;
  on(event: 'error' | 'end', listener: () => void): void;
  /** Absent in the driver's native form. */
  readonly connection?: { readonly stream: { destroy(): void } };
}

/** What is used of the driver's pool: how it connects. */
interface DriverPool {
  readonly Client: new (options: object) => DriverClient;
  readonly options: { readonly password?: unknown };
}

/** Told what happens on a connection. */
export interface ConnectionEvents {
  readonly onNotice: (notice: Notice) => void;
  /** Once, when it ends by itself. */
  readonly onEnd: () => void;
}

/** Milliseconds until a connection is there or is given up. */
const CONNECTION_DEADLINE = 2000;

/** One connection to the database beside the pool, for notices: whoever listens must keep it. */
export class ListeningConnection {
  private isOpen = false;

  private constructor(
    private readonly client: DriverClient,
    events: ConnectionEvents,
  ) {
    const onEnd = (): void => {
      if (!this.isOpen) return;
      this.cut();
      events.onEnd();
    };
    client.on('notification', events.onNotice);
    client.on('error', onEnd);
    client.on('end', onEnd);
  }

  /**
   * Connects as the application's pool does, and listens.
   *
   * @param url another way to the same database; null for the pool's own
   * @throws what the driver says, also of a connection that took too long
   */
  static async open(
    dataSource: DataSource,
    url: string | null,
    channels: readonly string[],
    events: ConnectionEvents,
  ): Promise<ListeningConnection> {
    const { Client, options } = (dataSource.driver as unknown as { master: DriverPool }).master;
    // The pool hides its password from a copy.
    const { password } = options;
    const client = new Client(
      url === null ? options : { ...options, password, connectionString: url },
    );
    const connection = new ListeningConnection(client, events);
    try {
      // The driver never settles what was under way when its connection is cut.
      await withinLimit(
        CONNECTION_DEADLINE,
        connection.listen(channels),
        'The connection took too long',
      );
      connection.isOpen = true;
      return connection;
    } catch (error) {
      connection.cut();
      throw error;
    }
  }

  /** Ends it at once, and without asking the other end, which may not answer. `onEnd` is not told. */
  cut(): void {
    this.isOpen = false;
    this.client.connection?.stream.destroy();
    void this.client.end().catch(() => undefined);
  }

  private async listen(channels: readonly string[]): Promise<void> {
    await this.client.connect();
    for (const channel of channels) await this.client.query(`LISTEN "${channel}"`);
  }
}
