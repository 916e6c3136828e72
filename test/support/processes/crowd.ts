import pg from 'pg';

/** Milliseconds between attempts to take what has become free. */
const EVERY = 20;

/** Others, who take every connection that a server has, and each that becomes free. */
export class Crowd {
  private readonly clients: pg.Client[] = [];
  private isOver = false;
  private turnedAway = false;
  private readonly taking: Promise<void>;

  /** @param url of a superuser's, for whom a server keeps its last places */
  constructor(private readonly url: string) {
    this.taking = this.take();
  }

  /** Whether there was no room for another one of them. */
  get hasAll(): boolean {
    return this.turnedAway;
  }

  /** How many connections they hold. */
  get size(): number {
    return this.clients.length;
  }

  /** Runs SQL on a connection that they hold: others get none. Gives how many rows it answers. */
  async count(sql: string): Promise<number> {
    const [client] = this.clients;
    if (client === undefined) throw new Error('They hold no connection yet');
    return (await client.query(sql)).rows.length;
  }

  async leave(): Promise<void> {
    this.isOver = true;
    await this.taking;
    await Promise.all(this.clients.map((client) => client.end()));
  }

  private async take(): Promise<void> {
    while (!this.isOver) {
      const client = new pg.Client({ connectionString: this.url, application_name: 'crowd' });
      client.on('error', () => undefined);
      try {
        await client.connect();
        this.clients.push(client);
        this.turnedAway = false;
      } catch {
        this.turnedAway = true;
        await new Promise((done) => setTimeout(done, EVERY));
      }
    }
  }
}
