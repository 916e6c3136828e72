import type { Reading } from '../processes/client.js';
import type { Credentials } from '../processes/credentials.js';
import type { Installation } from '../processes/installation.js';

/** Whether an answer to `GET /v1/me` is as it should be. */
export type Expectation = (answer: Reading) => boolean;

/** One change of what a key may do, ready to be made. */
export interface Change {
  /** Of the key, as they are before. */
  readonly credentials: Credentials;
  /** How both are answered before. */
  readonly before: Expectation;
  readonly after: { readonly key: Expectation; readonly token: Expectation };
  /** Makes the change at one place. Resolves when it is to count. */
  readonly make: () => Promise<unknown>;
}

/** A way of changing what a key may do. */
export interface Kind {
  readonly name: string;
  /** Makes a key, and brings it to where the change begins. */
  readonly prepare: (installation: Installation) => Promise<Change>;
}

export const admitted: Expectation = ({ status }) => status === 200;
export const refused: Expectation = ({ status }) => status === 401;

/** Admitted, at a tier. */
export const atTier =
  (tier: string): Expectation =>
  ({ status, body }) =>
    status === 200 && body['tier'] === tier;

/** Admitted, with one permission and no other. */
export const withOnly =
  (permission: string): Expectation =>
  ({ status, body }) =>
    status === 200 && JSON.stringify(body['permissions']) === JSON.stringify([permission]);

/** The key and its JWTs alike. */
export const both = (expected: Expectation): Change['after'] => ({
  key: expected,
  token: expected,
});
