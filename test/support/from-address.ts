import { request } from 'node:http';

/** From where, and with what, a request is sent. */
export interface Sender {
  /** An address of this machine; Linux has all of 127.0.0.0/8. */
  readonly from?: string;
  readonly credential: string;
  /** `X-Forwarded-For`, each line a header of its own. */
  readonly forwardedFor?: readonly string[];
}

/** What came back. */
export interface Reception {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
}

/** Sends `GET` from an address, as `fetch` cannot. */
export function sendFrom(
  url: string,
  { from, credential, forwardedFor = [] }: Sender,
): Promise<Reception> {
  const options = {
    ...(from !== undefined && { localAddress: from }),
    agent: false as const,
    headers: { authorization: `Bearer ${credential}`, 'x-forwarded-for': [...forwardedFor] },
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (answer) => {
      answer.resume();
      const challenge = answer.headers['www-authenticate'];
      answer.on('end', () => resolve({ status: answer.statusCode, challenge }));
    });
    sent.on('error', reject).end();
  });
}
