import { join } from 'node:path';

import { readPrivateFile } from './private-file.js';

/** How far a server says it has come. */
export type PostmasterStatus = 'starting' | 'stopping' | 'ready' | 'standby' | 'unknown';

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export interface PostmasterRecord {
  readonly pid: number;
  /** 0 until the server has written it. */
  readonly port: number;
  readonly status: PostmasterStatus;
}

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;
const STATUSES: readonly PostmasterStatus[] = ['starting', 'stopping', 'ready', 'standby'];

/** The record in the folder of a cluster, or undefined when no server left one. */
export async function readPostmasterFile(folder: string): Promise<PostmasterRecord | undefined> {
  return parsePostmasterFile((await readPrivateFile(join(folder, 'postmaster.pid'))) ?? '');
}

/** Reads the text of a `postmaster.pid`, which may be half written. */
export function parsePostmasterFile(text: string): PostmasterRecord | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  // A server in single-user mode writes its pid with a minus sign.
  const pid = Math.abs(Number.parseInt(lines[PID_LINE] ?? '', 10));
  if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
  const port = Number.parseInt(lines[PORT_LINE] ?? '', 10);
  const status = STATUSES.find((known) => known === lines[STATUS_LINE]) ?? 'unknown';
  return { pid, port: Number.isNaN(port) ? 0 : port, status };
}
