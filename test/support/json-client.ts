import type { RequestOptions, TestApi } from './api.js';

/** An answer whose body is JSON, read. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** An answer whose body is an object of JSON. */
export type JsonAnswer = Answer<JsonBody>;

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

/** What tests read of bodies, of keys, lists, events and errors alike. */
export interface JsonBody {
  readonly id: string;
  readonly key?: string;
  readonly data: readonly JsonBody[];
  readonly pagination: object;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly field: string; readonly message: string }[];
  };
  readonly [member: string]: unknown;
}

/** What is shown of a key ever after. */
export function withoutKey(body: object | undefined): object {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => name !== 'key'));
}

/** Sends one request and reads its answer. */
export async function send<Body = ShownKey>(
  api: TestApi,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  const answer = await api.request(method, path, options);
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Body,
  };
}

/** Sends one request of one caller. Of a key that comes back no secret may be found anywhere else. */
export async function call(
  api: TestApi,
  credential: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<JsonAnswer> {
  const answer = await send<JsonBody>(api, method, path, { credential, ...options });
  if (answer.body.key !== undefined) api.knowKey(answer.body.key);
  return answer;
}
