import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../actor.js';
import { AuthSettings } from '../auth.settings.js';
import { newId } from '../credential/identifiers.js';
import {
  AuditEvent,
  type AuditAction,
  type AuditState,
  type AuditTarget,
} from './audit-event.entity.js';
import { AuditEventRepository, type AuditEventFilter } from './audit-event.repository.js';

/** What happened. */
export interface AuditEntry {
  /** What was done. */
  readonly action: AuditAction;
  /** Who did it. */
  readonly actor: Actor;
  /** Whose it is. */
  readonly accountId: string | null;
  /** What it was done to. */
  readonly target: AuditTarget;
  /** Null for something new. */
  readonly before: AuditState | null;
  /** What it is from then on. */
  readonly after: AuditState | null;
}

/** Who changed what, and when. */
@Injectable()
export class AuditService {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Writes one event, where changes are audited at all.
   *
   * @param manager the transaction of the change: there is no change without its event, and no event without its change
   */
  record(entry: AuditEntry, manager: EntityManager): Promise<void> {
    return this.recordAll([entry], manager);
  }

  /** Writes many events of one moment. */
  async recordAll(entries: readonly AuditEntry[], manager: EntityManager): Promise<void> {
    if (!this.settings.audit || entries.length === 0) return;
    const now = new Date();
    await this.events.insert(
      entries.map((entry) => toEvent(entry, now)),
      manager,
    );
  }

  /** A page of events, newest first, and how many there are in all. */
  list(filter: AuditEventFilter): Promise<[AuditEvent[], number]> {
    return this.events.list(filter);
  }

  /**
   * Removes events before a time for good, and leaves one that says who did so.
   *
   * @returns how many were removed
   */
  prune(before: Date, actor: Actor): Promise<number> {
    return this.events.prune(before, (removed) =>
      toEvent(
        {
          action: 'audit.pruned',
          actor,
          accountId: null,
          target: { type: 'audit', id: null },
          before: null,
          after: { before: before.toISOString(), removed },
        },
        new Date(),
      ),
    );
  }
}

function toEvent({ actor, ...entry }: AuditEntry, at: Date): AuditEvent {
  const caller = actor.type === 'key' ? actor : undefined;
  return Object.assign(new AuditEvent(), {
    ...entry,
    id: newId('evt'),
    at,
    actor: {
      type: actor.type,
      key_id: caller?.principal.keyId ?? null,
      subject: caller?.principal.subject ?? null,
    },
    requestId: caller?.requestId ?? null,
    ip: caller?.ip ?? null,
  } satisfies AuditEvent);
}
