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

/**
 * Listens for changes of keys and accounts (PostgreSQL, LISTEN), on a connection of its own. Whenever notices may have
 * been missed, everything counts as changed and is read again at its next use. That notices arrive is proven every five
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
  catchUp(): Promise<boolean> {
    if (this.connection === null) return Promise.resolve(false);
    const name = randomBytes(8).toString('hex');
    const arrived = this.awaitProof(name);
    // Notices come in the order of commits: behind this one is everything that was committed before.
    void this.dataSource
      .query('SELECT pg_notify($1, $2)', [this.proofs, name])
      .catch(() => undefined);
    return arrived;
  }

  private async listen(): Promise<void> {
    const url =
      typeof this.settings.changeChannel === 'string' ? this.settings.changeChannel : null;
    const channels = [CHANGES, this.proofs];
    try {
      this.connection = await ListeningConnection.open(this.dataSource, url, channels, {
        onNotice: (notice) => this.receive(notice),
        onEnd: () => this.lose('the connection ended'),
      });
    } catch (error) {
      this.lose(error instanceof Error ? error.message : String(error));
      return;
    }
    // Whatever changed before it listened was told to nobody here.
    this.changes.doubt();
    if (this.stopped) this.connection.cut();
    else await this.prove();
  }

  private async prove(): Promise<void> {
    const { connection } = this;
    const arrives = await this.catchUp();
    if (connection !== this.connection || connection === null || this.stopped) return;
    if (arrives) {
      this.report('ok');
      this.timer = setTimeout(() => void this.prove(), PROOF_INTERVAL).unref();
    } else {
      this.connection = null;
      connection.cut();
      this.lose('notices do not arrive');
    }
  }

  private receive({ channel, payload }: Notice): void {
    if (channel === this.proofs) this.awaited.get(payload ?? '')?.();
    else this.forget(readChanges(payload));
  }

  private forget(names: readonly string[] | null): void {
    if (names === null) this.changes.touchAll();
    else for (const name of names) this.changes.touch(name);
  }

  private lose(reason: string): void {
    this.connection = null;
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.changes.doubt();
    this.report('degraded', reason);
    this.timer = setTimeout(() => void this.listen(), RECONNECT_AFTER).unref();
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

  private awaitProof(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (arrived: boolean): void => {
        clearTimeout(timer);
        this.awaited.delete(name);
        resolve(arrived);
      };
      const timer = setTimeout(() => settle(false), PROOF_DEADLINE);
      this.awaited.set(name, () => settle(true));
    });
  }
}
