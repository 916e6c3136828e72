/** What became of a request whose key is known: let in, or refused by which kind of rule. */
export const USAGE_OUTCOMES = ['allowed', 'unauthorized', 'forbidden', 'rate_limited'] as const;

/** What became of a request whose key is known. */
export type UsageOutcome = (typeof USAGE_OUTCOMES)[number];

/** Milliseconds: the finest grain in which usage is kept. */
export const HOUR = 3_600_000;

/** What is counted of a route. One object for each, since requests are counted by it. */
export interface CountedRoute {
  /** Method and path with parameters in braces, such as `GET /v1/documents/{id}`; nothing of any request. */
  readonly template: string;
  /** What it requires of its caller. */
  readonly permissions: readonly string[];
}

/** The requests of one key to one route with one outcome within one hour. */
export interface UsageLine {
  /** Start of the hour, UTC. */
  readonly hour: Date;
  readonly keyId: string;
  readonly route: CountedRoute;
  readonly outcome: UsageOutcome;
  /** How many there were. */
  readonly count: number;
  /** When the last one was, in milliseconds since the epoch. */
  readonly lastAt: number;
}

/** A permission that a key had need of. */
export interface PermissionNote {
  readonly keyId: string;
  readonly permission: string;
  /** When it last had, in milliseconds since the epoch. */
  readonly lastAt: number;
}
