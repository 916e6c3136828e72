import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** A document's file is not what was stored. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** What a stream must turn out to be. */
export interface ExpectedBytes {
  /** How many. */
  readonly size: number;
  /** Hex; null for a part of a file, of which it is not known. */
  readonly sha256: string | null;
}

/**
 * Passes bytes on and ends with DamagedFileError if they are not those expected. The last chunk is held back until that
 * is known, so that nobody takes what was altered for whole.
 */
export class VerifiedBytes extends Transform {
  private readonly hash = createHash('sha256');
  private size = 0;
  private held: Buffer | undefined;

  constructor(private readonly expected: ExpectedBytes) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const before = this.held;
    this.held = chunk;
    this.size += chunk.length;
    if (this.expected.sha256 !== null) this.hash.update(chunk);
    done(null, before);
  }

  override _flush(done: TransformCallback): void {
    const problem = this.problem();
    if (problem === null) done(null, this.held);
    else done(new DamagedFileError(problem));
  }

  private problem(): string | null {
    const { size, sha256 } = this.expected;
    if (this.size !== size) return `It ended after ${this.size} of ${size} bytes`;
    return sha256 === null || this.hash.digest('hex') === sha256
      ? null
      : 'Its bytes have another checksum';
  }
}
