import { createHmac } from 'node:crypto';

/** Seconds since the epoch. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** One segment of a JWT: an object as JSON, a text as it is. */
export const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Claims that are good for a minute. */
export const claims = (sub: string, more: object = {}): object => ({
  sub,
  iat: now(),
  exp: now() + 60,
  ...more,
});

/** Mints a JWT by hand, so that anything at all can stand in it. */
export function mint(secret: string | Buffer, payload: unknown, header: object = {}): string {
  const input = `${segment({ alg: 'HS256', typ: 'JWT', ...header })}.${segment(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
