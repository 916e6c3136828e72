import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuthSettings } from '../auth.settings.js';
import { ChangeClock } from '../cache/change-clock.js';
import { readChanges, CHANGES } from './change-notice.js';
import { ListeningConnection, type Notice } from './listening-connection.js';

/** `ok`: changes are told of in milliseconds. `degraded`: they hold after ten seconds at most. `off`: nobody listens. */
export type ChangeChannelState = 'ok' | 'degraded' | 'off';

/** Milliseconds between two proofs that notices arrive, and how long one may be under way. */
const PROOF_INTERVAL = 5000;
const PROOF_DEADLINE = 2000;

/** Milliseconds between two attempts to connect. */
const RECONNECT_AFTER = 500;

/** The longest pause where connections are made, but hear nothing: a pooler may keep what was asked of each. */
const LONGEST_PAUSE = 60_000;

/** What became of a proof. `unsent`: the pool could not send it, which says nothing of the channel. */
type Proof = 'arrived' | 'missing' | 'unsent';

/**
 * Listens for changes of keys and accounts (PostgreSQL, LISTEN), on a connection of its own. Whenever notices may have
 * been missed, everything is doubted and read again at its next use. That notices arrive is proven every five
 * seconds: a connection may hang, and a pooler between may lose them without a word.
 */
@Injectable()
export class ChangeListener implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('ChangeListener');
  /** Nobody else's, so that a proof wakes no other process. */
  private readonly proofs = `auth_proofs_${randomBytes(8).toString('hex')}`;
  private readonly awaited = new Map<string, () => void>();
  private connection: ListeningConnection | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** How many connections in turn heard nothing. */
  private deaf = 0;
  private current: ChangeChannelState = 'off';

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangeClock,
    private readonly settings: AuthSettings,
  ) {}

  /** Whether changes are told of. */
  get state(): ChangeChannelState {
    return this.current;
  }

  /** Connects. An application starts without, and goes on trying. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.changeChannel !== false) await this.listen();
  }

  /** Lets go of the connection. */
  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.connection?.cut();
  }

  /**
   * Waits until every change that was committed before now is known here.
   *
   * @returns false where that cannot be told: notices do not arrive in time, or nobody listens
   */
  async catchUp(): Promise<boolean> {
    return this.connection !== null && (await this.sendProof()) === 'arrived';
  }

  private async listen(): Promise<void> {
    const { changeChannel } = this.settings;
    const url = typeof changeChannel === 'string' ? changeChannel : null;
    try {
      const connection = await ListeningConnection.open(
        this.dataSource,
        url,
        [CHANGES, this.proofs],
        {
          onNotice: (notice) => this.receive(notice),
          onEnd: () => this.lose('The connection ended', RECONNECT_AFTER),
        },
      );
      if (this.stopped) connection.cut();
      else this.connection = connection;
    } catch (error) {
      this.lose(error instanceof Error ? error.message : String(error), RECONNECT_AFTER);
    }
    await this.prove();
  }

  private async prove(): Promise<void> {
    const { connection } = this;
    if (connection === null) return;
    const proof = await this.sendProof();
    if (connection !== this.connection || this.stopped) return;
    if (proof === 'missing') {
      connection.cut();
      this.deaf += 1;
      const pause = Math.min(RECONNECT_AFTER * 2 ** this.deaf, LONGEST_PAUSE);
      this.lose('Notices do not arrive', pause);
      return;
    }
    if (proof === 'arrived') this.trust();
    this.timer = setTimeout(() => void this.prove(), PROOF_INTERVAL).unref();
  }

  private trust(): void {
    this.deaf = 0;
    // Whatever changed before it listened was told to nobody here.
    if (this.current !== 'ok') this.changes.doubt();
    this.report('ok');
  }

  /** Notices come in the order of commits: behind this one is everything that was committed before. */
  private sendProof(): Promise<Proof> {
    const name = randomBytes(8).toString('hex');
    return new Promise((resolve) => {
      const settle = (proof: Proof): void => {
        clearTimeout(timer);
        this.awaited.delete(name);
        resolve(proof);
      };
      const timer = setTimeout(() => settle('missing'), PROOF_DEADLINE).unref();
      this.awaited.set(name, () => settle('arrived'));
      this.dataSource
        .query('SELECT pg_notify($1, $2)', [this.proofs, name])
        .catch(() => settle('unsent'));
    });
  }

  private receive({ channel, payload }: Notice): void {
    if (channel === this.proofs) this.awaited.get(payload ?? '')?.();
    else this.forget(readChanges(payload));
  }

  private forget(names: readonly string[] | null): void {
    if (names === null) this.changes.touchAll();
    else for (const name of names) this.changes.touch(name);
  }

  private lose(reason: string, pause: number): void {
    this.connection = null;
    clearTimeout(this.timer);
    if (this.stopped) return;
    // Where it was not trusted, nobody relied on being told.
    if (this.current === 'ok') this.changes.doubt();
    this.report('degraded', reason);
    this.timer = setTimeout(() => void this.listen(), pause).unref();
  }

  private report(state: ChangeChannelState, reason?: string): void {
    if (state === this.current) return;
    this.current = state;
    if (state === 'ok') this.logger.log('Changes of keys and accounts are told of at once');
    else
      this.logger.warn({
        msg: 'Changes of keys and accounts hold after ten seconds only: nobody tells of them. A transaction pooler before the database has no notices',
        reason,
      });
  }
}
