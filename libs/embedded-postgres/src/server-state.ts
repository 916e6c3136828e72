import { join } from 'node:path';

import type { ClusterUser } from './cluster-user.js';
import type { Lease } from './options.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

/** What a supervisor writes down for later starts and for other processes. */
export interface ServerState {
  /** The port the server took, which the next start asks for again. */
  readonly port: number;
  /** Process id of the supervisor, which tells a server in good hands from an abandoned one. */
  readonly supervisor: number;
  /** How long that supervisor means to keep the server. */
  readonly lease: Lease;
}

const STATE_FILE = 'supervisor.json';
const HIGHEST_PORT = 65_535;

/** The state in the folder of a cluster, or undefined when there is none of the right form. */
export async function readState(folder: string): Promise<ServerState | undefined> {
  return parseState((await readPrivateFile(join(folder, STATE_FILE))) ?? '');
}

/** Writes the state into the folder of a cluster. */
export async function writeState(
  folder: string,
  state: ServerState,
  user: ClusterUser | undefined,
): Promise<void> {
  await writePrivateFile(join(folder, STATE_FILE), `${JSON.stringify(state)}\n`, user);
}

/** Reads a state's text; a damaged one counts as none, since a new one can always be made. */
export function parseState(text: string): ServerState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('port' in value) || !('supervisor' in value)) return undefined;
    const { port, supervisor } = value;
    if (!isPort(port) || !isPositiveInteger(supervisor)) return undefined;
    return { port, supervisor, lease: leaseOf(value) };
  } catch {
    return undefined;
  }
}

function leaseOf(value: object): Lease {
  return 'lease' in value && value.lease === 'short' ? 'short' : 'long';
}

function isPort(value: unknown): value is number {
  return isPositiveInteger(value) && value <= HIGHEST_PORT;
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
