import { describe, expect, it } from 'vitest';
import type { Refusal } from '../refusal.js';
import { ApiKeyStrategy } from './api-key.strategy.js';

/** Says which credential it was asked about, and takes every one. */
const credulous = {
  recall: () => undefined,
  authenticateKey: (credential: string) => Promise.resolve({ asked: credential }),
};
const settings = { format: { prefix: 'clary' }, trustedProxies: [] };
const noted: string[] = [];
const refusals = { note: ({ reason }: Refusal) => void noted.push(reason) };
const strategy = new ApiKeyStrategy(credulous as never, settings as never, refusals as never);
/** Runs the strategy as Passport does. */
const runStrategy = (running: ApiKeyStrategy, request: object): Promise<unknown> =>
  new Promise((success, fail) => {
    const outcomes = { success, fail, error: fail };
    (Object.assign(Object.create(running), outcomes) as ApiKeyStrategy).authenticate(request);
  });

const elsewhere = { body: { access_token: 'body' }, query: { access_token: 'query' } };

describe('the strategy for API keys', () => {
  it('asks about the key in the header, whatever body and query hold', async () => {
    const rawHeaders = ['Authorization', 'Bearer key'];
    const expected = { asked: 'key' };
    await expect(runStrategy(strategy, { rawHeaders })).resolves.toEqual(expected);
    await expect(runStrategy(strategy, { rawHeaders, ...elsewhere })).resolves.toEqual(expected);
    await expect(runStrategy(strategy, { raw: { rawHeaders }, ...elsewhere })).resolves.toEqual(
      expected,
    );
  });

  it.each([
    ['no_credential', []],
    ['malformed_header', ['Authorization', 'Basic a2V5']],
    ['several_headers', ['Authorization', 'Bearer key', 'Authorization', 'Bearer key']],
    ['not_this_strategy', ['Authorization', 'Bearer a.b.c']],
  ])('refuses as %s, whatever body and query hold', async (reason, rawHeaders) => {
    await expect(runStrategy(strategy, { rawHeaders, ...elsewhere })).rejects.toMatchObject({
      reason,
    });
    expect(noted.pop()).toBe(reason);
  });
});
