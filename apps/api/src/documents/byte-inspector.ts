import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** A stream has more bytes than it may have. */
export class TooManyBytesError extends Error {
  override readonly name = 'TooManyBytesError';
}

/** Passes bytes on as they are and learns about them on the way. Breaks off with TooManyBytesError at the first too many. */
export class ByteInspector extends Transform {
  /** Bytes so far. */
  size = 0;
  private readonly hash = createHash('sha256');
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private textSoFar = true;

  /** @param limit bytes */
  constructor(private readonly limit: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    if (this.size > this.limit) {
      done(new TooManyBytesError(`More than ${this.limit} bytes`));
      return;
    }
    this.hash.update(chunk);
    this.textSoFar &&= !chunk.includes(0) && this.decodes(chunk, true);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    this.textSoFar &&= this.decodes(new Uint8Array(), false);
    done();
  }

  /** Whether all of it was valid UTF-8 without NUL. Once the stream has ended. */
  get isText(): boolean {
    return this.textSoFar;
  }

  /** SHA-256 of all of it, hex. Once, when the stream has ended. */
  digest(): string {
    return this.hash.digest('hex');
  }

  private decodes(chunk: Uint8Array, stream: boolean): boolean {
    try {
      this.decoder.decode(chunk, { stream });
      return true;
    } catch {
      return false;
    }
  }
}
