import type { EntityManager } from 'typeorm';
import type { Principal } from './principal.js';

/** What is known of the request by which something was changed. */
export interface ActorRequest {
  /** The request's id, where it has one. */
  readonly requestId: string | null;
  /** The client's address, where it is known. */
  readonly ip: string | null;
}

/** Somebody who called with a key, or with a JWT that it signed: bound by the rights of that call. */
export interface KeyActor extends ActorRequest {
  /** What kind of actor it is. */
  readonly type: 'key';
  /** Who calls, and what the call may do. */
  readonly principal: Principal;
}

/** The operator, or the software by itself: bound by nothing but what makes sense. */
export interface OperatorActor {
  /** Command line, configuration file, or the software. */
  readonly type: 'cli' | 'config' | 'system';
}

/** Who changes something. */
export type Actor = KeyActor | OperatorActor;

/** In which transaction something is changed, and by whom. */
export interface ChangeOptions {
  /** The transaction to do it in. Without one it has its own. */
  readonly manager?: EntityManager | undefined;
  /** Default: the software by itself, which no ceiling binds. */
  readonly actor?: Actor | undefined;
}

/** The software by itself. */
export const SYSTEM: OperatorActor = { type: 'system' };
