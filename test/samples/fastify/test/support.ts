import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import jwt from 'jsonwebtoken';
import { randomBytes } from 'node:crypto';
import { createApp } from '../src/app.js';

// Every test file works on the same database, so each needs the same master key. DATABASE_URL comes from outside.
process.env.MASTER_KEYS ??= `1:${Buffer.alloc(32, 'test').toString('base64')}`;
process.env.SESSION_SECRET ??= randomBytes(32).toString('hex');

export const UNAUTHORIZED = '{"error":{"code":"unauthorized","message":"Invalid API key"}}';
export const FORBIDDEN = '{"error":{"code":"forbidden","message":"Insufficient permissions"}}';
export const UNAVAILABLE =
  '{"error":{"code":"unavailable","message":"The service is temporarily unavailable"}}';

/** The application as `main.ts` makes it, on a free port. */
export async function start(): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await createApp({ logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

/** What a customer does to call as one of its own users: sign a short-lived JWT with the whole API key. */
export function signToken({ key, record }: IssuedApiKey, claims: object = {}): string {
  return jwt.sign(claims, key, { keyid: record.id, subject: 'user_7', expiresIn: '1m' });
}

export function get(url: string, credential?: string): Promise<Response> {
  return send('GET', url, credential);
}

export function send(method: string, url: string, credential?: string): Promise<Response> {
  const headers = new Headers();
  if (credential !== undefined) headers.set('authorization', `Bearer ${credential}`);
  return fetch(url, { method, headers });
}
