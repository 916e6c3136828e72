/** An answer, read. */
export interface Reading {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a request may carry. */
export interface Sending {
  /** Sent as `Authorization: Bearer <credential>`. */
  readonly credential?: string;
  /** Sent as a JSON body. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds after which the request is given up. Default 20 s, which no answer may take. */
  readonly patience?: number;
}

const PATIENCE = 20_000;

/** Sends one request and reads its answer; rejects where the connection breaks or nothing comes. */
export async function send(
  url: string,
  method: string,
  path: string,
  { credential, json, headers, patience = PATIENCE }: Sending = {},
): Promise<Reading> {
  const answer = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(patience),
    headers: {
      ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}
