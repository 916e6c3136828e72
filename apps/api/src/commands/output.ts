import { redact } from '../logging/redact.js';
import { formatTable, type Cell } from './table.js';

/** The streams and variables of a command: those of the process, or those of a test. */
export interface CommandIo {
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * All that a command says. What was asked for, and it alone, goes to stdout, so that it can be piped on and a secret
 * stands nowhere else; everything that is said about it goes to stderr.
 */
export class Output {
  /** @param json whether results are written as JSON */
  constructor(
    private readonly io: Pick<CommandIo, 'stdout' | 'stderr'>,
    readonly json: boolean,
  ) {}

  /** Writes a result: as JSON where that was asked for, else as text. */
  result(value: unknown, toText: () => string): void {
    this.print(this.json ? JSON.stringify(value, null, 2) : toText());
  }

  /** Writes a list: as JSON, or as a table with a heading over each column. */
  table(value: unknown, headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
    this.result(value, () => formatTable(headings, rows));
  }

  /**
   * Writes one secret, on a line of its own; with what belongs to it where JSON was asked for.
   *
   * @throws Error when it was not taken, and so is in nobody's hands
   */
  secret(secret: string, value: unknown): Promise<void> {
    const text = this.json ? JSON.stringify(value, null, 2) : secret;
    return new Promise((resolve, reject) => {
      this.io.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Tells a person something about the result. What looks like a secret is left out, whatever was said. */
  note(text: string): void {
    this.io.stderr.write(`${redact(text)}\n`);
  }

  /** Shows how far something has come: in place on a terminal, else line by line. */
  progress(text: string): void {
    this.io.stderr.write(this.io.stderr.isTTY === true ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** Ends a row of `progress`. */
  progressDone(): void {
    if (this.io.stderr.isTTY === true) this.io.stderr.write('\n');
  }

  private print(text: string): void {
    if (text !== '') this.io.stdout.write(`${text}\n`);
  }
}
