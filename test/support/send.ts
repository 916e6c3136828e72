import type { RequestOptions, TestApi } from './api.js';

/** An answer, read. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A key as the API shows it; `key` only in the answer that makes it. */
export interface ShownKey {
  readonly id: string;
  readonly key?: string;
  readonly status: string;
  readonly expires_at: string | null;
  readonly rotated_from: string | null;
  readonly rotated_to: string | null;
  readonly tokens_not_before: string | null;
  readonly [member: string]: unknown;
}

/** Sends one request and reads its answer. */
export async function send<Body = ShownKey>(
  api: TestApi,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  const answer = await api.request(method, path, options);
  return { status: answer.status, body: (await answer.json()) as Body };
}
