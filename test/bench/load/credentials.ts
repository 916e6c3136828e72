/** Where the generator takes the `Authorization` header of its next request from. */
export interface CredentialSource {
  /** Told before a slice how many requests are likely, so that nothing is minted while the clock runs. */
  prepare(count: number): void;
  next(): string;
}

/** The same credentials, over and over. */
export class Rotation implements CredentialSource {
  private readonly headers: readonly string[];
  private index = 0;

  constructor(credentials: readonly string[]) {
    if (credentials.length === 0) throw new RangeError('A rotation needs a credential');
    this.headers = credentials.map(asHeader);
  }

  prepare(): void {
    // All are there.
  }

  next(): string {
    const header = this.headers[this.index % this.headers.length] ?? '';
    this.index += 1;
    return header;
  }
}

/** Credentials that no server has seen before. */
export class FirstSeen implements CredentialSource {
  private readonly ready: string[] = [];

  /** @param mint makes another one with each call */
  constructor(private readonly mint: () => string) {}

  prepare(count: number): void {
    while (this.ready.length < count) this.ready.push(asHeader(this.mint()));
  }

  next(): string {
    return this.ready.pop() ?? asHeader(this.mint());
  }
}

function asHeader(credential: string): string {
  return `Bearer ${credential}`;
}
