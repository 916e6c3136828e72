import type { IssueApiKey } from '@clary/nestjs-auth';

type Tier = NonNullable<IssueApiKey['tier']>;

/** Who calls: a key, or a JWT that it signed. */
export interface Caller {
  readonly name: string;
  /** What is said of the key; every permission of the account's tier unless said. */
  readonly key?: Partial<IssueApiKey>;
  /** By JWT with these claims; without them, by the key itself. */
  readonly claims?: object;
}

/** The key that a call is about. */
export interface Target {
  readonly key: Partial<IssueApiKey>;
  readonly account?: 'foreign';
  readonly state?: 'disabled' | 'revoked';
}

/** One change by a caller, in whose path and body `{target}`, `{self}`, `{own}` and `{foreign}` stand for ids. */
export interface Call {
  readonly name: string;
  /** Method and path. */
  readonly request: string;
  readonly json?: object;
  readonly target?: Target;
}

/** How a call is refused. */
export type Refusal =
  | { readonly status: 403; readonly scope?: string; readonly tier?: Tier }
  | { readonly status: 404 }
  | { readonly status: 422; readonly field: string };

/** A change that reaches further than its caller. */
export interface Attempt extends Call {
  readonly refusal: Refusal;
}

/** Attempts that belong together, and the same calls within the ceiling. */
export interface Family {
  readonly name: string;
  readonly callers: readonly Caller[];
  /** Tier of the caller's account; professional unless said. */
  readonly tier?: Tier;
  /** What that tier is lowered to once the keys are made. */
  readonly loweredTo?: Tier;
  /** Tier of the other account; professional unless said. */
  readonly foreignTier?: Tier;
  readonly attempts: readonly Attempt[];
  readonly controls: readonly Call[];
}

const KEYS = '/v1/api-keys';

/** What a permission or a tier is missing for; neither for methods, addresses, expiry and environment. */
export const lacks = (missing: { scope?: string; tier?: Tier } = {}): Refusal => ({
  status: 403,
  ...missing,
});

export const NOT_FOUND: Refusal = { status: 404 };

/** Well-formed but impossible, whoever asks. */
export const impossible = (field: string): Refusal => ({ status: 422, field });

/** What is made, with a name and whatever is to be tried. */
export const create = (json: object, name = JSON.stringify(json)): Call => ({
  name: `create ${name}`,
  request: `POST ${KEYS}`,
  json: { name: 'Made', ...json },
});

export const patch = (json: object, target?: Target): Call => ({
  name: `patch ${JSON.stringify(json)}`,
  request: `PATCH ${KEYS}/${target === undefined ? '{self}' : '{target}'}`,
  json,
  ...(target !== undefined && { target }),
});

/** Every way to change the key in the path, whatever the change. */
const CHANGES: readonly Omit<Call, 'target'>[] = [
  { name: 'patch the name', request: `PATCH ${KEYS}/{id}`, json: { name: 'Changed' } },
  { name: 'disable', request: `PATCH ${KEYS}/{id}`, json: { status: 'disabled' } },
  { name: 'rotate', request: `POST ${KEYS}/{id}/rotate`, json: { grace_period_seconds: 60 } },
  { name: 'revoke the tokens of', request: `POST ${KEYS}/{id}/revoke-tokens` },
  { name: 'revoke', request: `DELETE ${KEYS}/{id}` },
];

/** Every change of a key; of the caller's own without a target. */
export const changes = (of: string, target?: Target): Call[] =>
  CHANGES.map(({ name, request, ...call }) => ({
    ...call,
    name: `${name} ${of}`,
    request: request.replace('{id}', target === undefined ? '{self}' : '{target}'),
    ...(target !== undefined && { target }),
  }));

/** The calls as attempts that are all refused alike. */
export const refused = (refusal: Refusal, ...calls: Call[]): Attempt[] =>
  calls.map((call) => ({ ...call, refusal }));
