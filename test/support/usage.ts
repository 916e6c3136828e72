import { UsageRecorder } from '@clary/nestjs-auth';
import type { TestApi } from './api.js';
import { call, type JsonAnswer } from './json-client.js';

/** A count of `GET /v1/usage`. */
export interface ShownUsage {
  readonly from: string;
  readonly to: string;
  readonly key_id: string;
  readonly route: string;
  readonly outcome: string;
  readonly count: number;
}

/** Asks for usage, of which nothing waits any longer to be written. What is refused has no `data`. */
export async function readUsage(
  api: TestApi,
  credential: string,
  query = '',
): Promise<JsonAnswer & { readonly data: readonly ShownUsage[] }> {
  await api.get(UsageRecorder).flush();
  const answer = await call(api, credential, 'GET', `/v1/usage?${query}`);
  return { ...answer, data: answer.body.data as unknown as ShownUsage[] };
}

/** Counts by route and outcome; those of two hours are one, since the hour may have turned meanwhile. */
export function totals(data: readonly ShownUsage[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { route, outcome, count } of data)
    sums[`${route} ${outcome}`] = (sums[`${route} ${outcome}`] ?? 0) + count;
  return sums;
}
