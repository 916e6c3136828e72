import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ApiProcess } from './api-process.js';
import type { LoadedAnswer } from './steady-load.js';

/** Milliseconds: clients set their own time-outs by it. */
export const ANSWER_BOUND = 2000;

/** Milliseconds after the end of a fault. */
export const RECOVERY_BOUND = 5000;

/** What is wrong with answers to good credentials, whatever happens meanwhile; empty: nothing. */
export function faultsIn(answers: readonly LoadedAnswer[], bound = ANSWER_BOUND): string[] {
  const seen = answers.flatMap(({ way, took, status, retryAfter }) => [
    ...(status === 200 || status === 503 ? [] : [`${status} by ${way}`]),
    ...(took <= bound ? [] : [`${status} by ${way} after more than ${bound} ms`]),
    ...(status !== 503 || /^\d+$/.test(retryAfter ?? '') ? [] : ['503 without Retry-After']),
  ]);
  const times = (fault: string): number => seen.filter((other) => other === fault).length;
  return [...new Set(seen)].map((fault) => `${times(fault)} × ${fault}`);
}

/** Milliseconds after a moment until which a request was sent that failed; negative: none was. */
export function failingUntil(answers: readonly LoadedAnswer[], moment: number): number {
  const failed = answers.filter(({ status }) => status !== 200).map(({ sent }) => sent);
  return Math.max(-Infinity, ...failed) - moment;
}

/** Bytes that a process holds in memory. */
export async function memoryOf(api: ApiProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(api.pid)]);
  return Number(stdout) * 1024;
}
