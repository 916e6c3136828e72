import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';

/** A JWT signed with an API key, as any of its holders would. */
export function mint(key) {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = { alg: 'HS256', typ: 'JWT', kid: `key_${key.split('_')[2]}` };
  const input = `${encode(header)}.${encode({ sub: 'user', iat: now, exp: now + 300 })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** Sends requests to the balancer; each has an id of its own by which the logs know it. */
export class Client {
  constructor(url, credential) {
    this.url = url;
    this.credential = credential;
  }

  async send(method, path, { headers, ...options } = {}) {
    const id = randomUUID();
    const authorization = this.credential && { authorization: `Bearer ${this.credential}` };
    const answer = await fetch(`${this.url}${path}`, {
      method,
      ...options,
      headers: { 'x-request-id': id, ...authorization, ...headers },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    return { id, status: answer.status, headers: answer.headers, body };
  }

  /** @returns the status of a GET from an address of this machine, by a client that claims to be elsewhere */
  statusFrom(localAddress, path, claimed) {
    const headers = { authorization: `Bearer ${this.credential}`, ...claimed };
    return new Promise((done, fail) => {
      request(`${this.url}${path}`, { localAddress, agent: false, headers }, (answer) => {
        answer.resume().on('end', () => done(answer.statusCode));
      })
        .on('error', fail)
        .end();
    });
  }

  /** Uploads bytes as a document. */
  upload(bytes) {
    return this.send('POST', '/v1/documents', multipart(bytes));
  }

  /**
   * An upload that is under way until it is told to finish.
   *
   * @returns `finish()`, which resolves to its status
   */
  beginUpload(bytes) {
    const { headers, body } = multipart(bytes);
    const half = Math.floor(body.length / 2);
    const sent = request(`${this.url}/v1/documents`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-length': body.length,
        authorization: `Bearer ${this.credential}`,
      },
    });
    const status = new Promise((done, fail) => {
      sent.on('error', fail);
      sent.on('response', (answer) => answer.resume().on('end', () => done(answer.statusCode)));
    });
    status.catch(() => undefined);
    sent.write(body.subarray(0, half));
    return {
      finish: () => {
        sent.end(body.subarray(half));
        return status;
      },
    };
  }
}

function multipart(bytes) {
  const boundary = randomUUID();
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n`;
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
