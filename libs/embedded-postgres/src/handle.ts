/** A PostgreSQL that takes connections. */
export interface EmbeddedPostgres {
  /**
   * `postgres://postgres:<password>@127.0.0.1:<port>/<database>`: a superuser's, and a secret. The
   * same for the life of the handle, also after a crash.
   */
  readonly url: string;

  /** The cluster's folder, where it really lies: links resolved, moved if it had to be. */
  readonly dataDir: string;

  /** Process id of the server; another one after a crash. */
  readonly pid: number;

  /** True when the server was running already and belongs to somebody else. */
  readonly adopted: boolean;

  /**
   * Shuts the server down: open transactions are rolled back, connections closed, what was
   * committed stays. Resolves when the server is gone; may be called again. After 10 s the
   * shutdown becomes an immediate one, which costs the next start some time and no data. Never
   * rejects. With a short lease it first waits up to 30 s for those who have adopted the server. An
   * adopted server is left running, and is free to go from then on.
   */
  stop(): Promise<void>;
}
