import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FrontendMessages } from './frontend-messages.js';
import type { ScratchDatabase } from './scratch-database.js';

/**
 * What no request asks for: every five seconds a listening process proves that notices arrive, and every ten it writes what
 * was counted, of all requests together.
 */
const OF_NO_REQUEST = [/^SELECT pg_notify\(\$1, \$2\)$/, /INSERT INTO auth_usage_writers/];

/** A wire to the database that hears every statement. Whoever is to be heard connects by its `url`. */
export class StatementWire {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly heard: string[] = [];

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client));
  }

  /** @param target URL of the database behind it */
  static async open(target: string): Promise<StatementWire> {
    const wire = new StatementWire(new URL(target));
    await once(wire.server.listen(0, '127.0.0.1'), 'listening');
    return wire;
  }

  /** Of the same database, by this wire. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The scratch database as an API is to see it; what the test itself asks does not come this way. */
  before(database: ScratchDatabase): ScratchDatabase {
    return { ...database, url: this.url };
  }

  /** Statements that were executed while something was done, proofs left out, in the order in which they came. */
  async during(work: () => Promise<unknown>): Promise<string[]> {
    const from = this.heard.length;
    await work();
    return this.heard.slice(from).filter((sql) => !OF_NO_REQUEST.some((form) => form.test(sql)));
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  private join(client: Socket): void {
    const database = connect(Number(this.target.port), this.target.hostname);
    const messages = new FrontendMessages((sql) => this.heard.push(sql));
    client.on('data', (bytes: Buffer) => messages.read(bytes));
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => this.sockets.delete(from));
    }
  }
}
