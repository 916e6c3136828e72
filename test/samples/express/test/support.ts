import './environment';
import type { IssuedApiKey } from '@clary/nestjs-auth';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import jwt from 'jsonwebtoken';
import { AppModule } from '../src/app.module';

export const UNAUTHORIZED = '{"error":{"code":"unauthorized","message":"Invalid API key"}}';
export const FORBIDDEN = '{"error":{"code":"forbidden","message":"Insufficient permissions"}}';
export const UNAVAILABLE =
  '{"error":{"code":"unavailable","message":"The service is temporarily unavailable"}}';

/** The application, on a free port. */
export async function start(
  module: Type = AppModule,
): Promise<{ app: INestApplication; url: string }> {
  const app = await NestFactory.create(module, { logger: false });
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
