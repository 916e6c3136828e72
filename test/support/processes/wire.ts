import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** A TCP line to a database that can be cut, stopped up and slowed down. */
export class Wire {
  private readonly sockets = new Set<Socket>();
  private frozen = false;
  private delayMs = 0;
  private server: Server | undefined;

  /** @param target whose host and port the line leads to */
  constructor(private readonly target: URL) {}

  /** A line to the server of a URL, opened. */
  static async to(url: string): Promise<Wire> {
    const wire = new Wire(new URL(url));
    await wire.open();
    return wire;
  }

  /** The target's URL by way of this line, which must be open or have been. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Port of this end; the same after a cut. */
  port = 0;

  /** Takes connections, again after a cut. */
  async open(): Promise<void> {
    const server = createServer((client) => this.join(client));
    this.server = server;
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done));
    this.port = (server.address() as AddressInfo).port;
  }

  /** The database is gone: connections break, new ones are refused. */
  async cut(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const closed = new Promise((done) => server.close(done));
    this.breakAll();
    await closed;
  }

  /** Connections break; new ones get through. */
  breakAll(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** The database hangs: connections stay and nothing comes back. What was sent meanwhile arrives afterwards. */
  freeze(frozen: boolean): Promise<void> {
    this.frozen = frozen;
    this.sockets.forEach((socket) => (frozen ? socket.pause() : socket.resume()));
    return Promise.resolve();
  }

  /** What is connected now dies without a word: it stays open, and nothing ever comes through it. New ones get through. */
  stall(): Promise<void> {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
    return Promise.resolve();
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.sockets.size / 2;
  }

  /** Everything takes so much longer, in each direction. */
  delay(milliseconds: number): Promise<void> {
    this.delayMs = milliseconds;
    return Promise.resolve();
  }

  private join(client: Socket): void {
    const database = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(this.slowed()).pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroySoon();
      });
      if (this.frozen) from.pause();
    }
  }

  private slowed(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _, done) => {
        if (this.delayMs === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), this.delayMs);
      },
    });
  }
}
