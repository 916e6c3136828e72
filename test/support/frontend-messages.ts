/** Bytes of a message's kind and of its length, which counts itself and not the kind. */
const KIND = 1;
const LENGTH = 4;

/**
 * What a client says to PostgreSQL, taken apart: each statement that is executed (PostgreSQL 18, 54.7, Message Formats).
 * A simple query (`Q`) is one; a prepared one is told of when it is parsed (`P`) and counts whenever it is bound (`B`).
 * Connections without TLS only.
 */
export class FrontendMessages {
  private unread: Buffer = Buffer.alloc(0);
  private isStarted = false;
  private readonly prepared = new Map<string, string>();

  /** @param onStatement told of the SQL of each statement that is executed */
  constructor(private readonly onStatement: (sql: string) => void) {}

  /** Takes what came over the connection, in pieces of any size. */
  read(bytes: Buffer): void {
    this.unread = Buffer.concat([this.unread, bytes]);
    // The first message has no kind.
    if (!this.isStarted && this.take(0) !== undefined) this.isStarted = true;
    if (!this.isStarted) return;
    for (let message = this.take(KIND); message !== undefined; message = this.take(KIND)) {
      this.hear(String.fromCharCode(message[0] as number), message.subarray(KIND + LENGTH));
    }
  }

  private take(kind: number): Buffer | undefined {
    if (this.unread.length < kind + LENGTH) return undefined;
    const end = kind + this.unread.readUInt32BE(kind);
    if (this.unread.length < end) return undefined;
    const message = this.unread.subarray(0, end);
    this.unread = this.unread.subarray(end);
    return message;
  }

  private hear(kind: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (kind === 'Q') this.onStatement(first);
    if (kind === 'P') this.prepared.set(first, second);
    // Of a bound statement the first text is the portal's name.
    if (kind === 'B') this.onStatement(this.prepared.get(second) ?? '');
  }
}
