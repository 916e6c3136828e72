import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

const HAS_PROC = process.platform === 'linux';

/** True when a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * True when this process is a PostgreSQL server working on this folder (given by its real path).
 * A pid alone proves nothing: after a crash or in a new container it may be anybody's.
 */
export async function isPostgresOn(pid: number, folder: string): Promise<boolean> {
  if (!isAlive(pid) || basename(await executable(pid)) !== 'postgres') return false;
  const place = await workingFolder(pid);
  // PostgreSQL makes its data folder its working directory. Where that cannot be read we have the
  // command line alone, and a server that does not name a folder may be ours.
  return place === undefined ? mayServe(await commandLine(pid), folder) : place === folder;
}

/** Process id of a process's parent; undefined when it is gone. */
export async function parentOf(pid: number): Promise<number | undefined> {
  const text = HAS_PROC ? await statusLine(pid, 'PPid') : await ps(pid, 'ppid=');
  const parent = Number.parseInt(text, 10);
  return Number.isNaN(parent) ? undefined : parent;
}

/** False when a command line names another data folder. */
export function mayServe(commandLine: string, folder: string): boolean {
  return !commandLine.includes(' -D ') || `${commandLine} `.includes(` -D ${folder} `);
}

async function executable(pid: number): Promise<string> {
  if (!HAS_PROC) return (await ps(pid, 'comm=')).trim();
  return (await argumentsOf(pid))[0] ?? '';
}

async function commandLine(pid: number): Promise<string> {
  if (!HAS_PROC) return (await ps(pid, 'args=')).trim();
  return (await argumentsOf(pid)).join(' ').trim();
}

async function argumentsOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
}

async function workingFolder(pid: number): Promise<string | undefined> {
  if (!HAS_PROC) return undefined;
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

async function statusLine(pid: number, name: string): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

function ps(pid: number, column: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', column, '-p', String(pid)], (_error, stdout) => resolve(stdout));
  });
}
