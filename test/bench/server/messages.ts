/** Accounts to make, each with so many keys of its own. */
export interface IssuePlan {
  readonly accounts: number;
  readonly keysEach: number;
  /** Deletes the keys at once: what is left are well-formed keys that nobody knows. Default false. */
  readonly forget?: boolean;
}

/** What the parent asks of the server's process; one at a time, each answered by one reply. */
export type Command =
  | { readonly name: 'issue'; readonly plan: IssuePlan }
  | { readonly name: 'cpu' }
  /** `collected`: whether garbage is collected before. */
  | { readonly name: 'heap'; readonly collected: boolean };

/** A key that the harness made, and therefore holds. */
export interface HeldKey {
  readonly key: string;
  readonly keyId: string;
}

/** An account with its keys, oldest first. */
export interface HeldAccount {
  readonly accountId: string;
  readonly keys: readonly HeldKey[];
}

/** What the server's process says. */
export type Reply =
  | { readonly name: 'ready'; readonly url: string; readonly postgres: string }
  | { readonly name: 'issued'; readonly accounts: readonly HeldAccount[] }
  /** CPU time of the whole process since its start, in microseconds. */
  | { readonly name: 'cpu'; readonly microseconds: number }
  /** Bytes of the heap that are in use, and of the whole process. */
  | { readonly name: 'heap'; readonly used: number; readonly resident: number };
