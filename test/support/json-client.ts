import type { RequestOptions, TestApi } from './api.js';

/** An answer whose body is an object of JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonBody;
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

/** Sends one request of one caller. Of a key that comes back no secret may be found anywhere else. */
export async function call(
  api: TestApi,
  credential: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<JsonAnswer> {
  const answer = await api.request(method, path, { credential, ...options });
  const body = (await answer.json()) as JsonBody;
  if (body.key !== undefined) api.knowKey(body.key);
  return { status: answer.status, headers: answer.headers, body };
}
