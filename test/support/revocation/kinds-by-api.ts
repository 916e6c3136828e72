import type { Credentials } from '../processes/credentials.js';
import type { Installation } from '../processes/installation.js';
import { pause } from '../processes/pause.js';
import {
  admitted,
  atTier,
  both,
  refused,
  withOnly,
  type Change,
  type Expectation,
  type Kind,
} from './change.js';

/** Documentation's own range (RFC 5737): nobody calls from there. */
const ELSEWHERE = ['192.0.2.0/24'];

/** Seconds: long enough for every process to see the grace. */
const SHORT_GRACE = 2;
const LONG_GRACE = 600;

type Requests = (installation: Installation, credentials: Credentials) => Promise<unknown>;

const patch =
  (json: object): Requests =>
  (installation, { keyId }) =>
    installation.manage('PATCH', `/v1/api-keys/${keyId}`, json);

const patchAccount =
  (json: object): Requests =>
  (installation, { accountId }) =>
    installation.manage('PATCH', `/v1/accounts/${accountId}`, json);

const revoke: Requests = (installation, { keyId }) =>
  installation.manage('DELETE', `/v1/api-keys/${keyId}`);

const revokeTokens: Requests = (installation, { keyId }) =>
  installation.manage('POST', `/v1/api-keys/${keyId}/revoke-tokens`);

const revokeItself: Requests = async ({ first }, { key }) => {
  const { status } = await first.request('DELETE', '/v1/me/key', { credential: key });
  if (status !== 200) throw new Error(`DELETE /v1/me/key: ${status}`);
};

/** Gives the public id of the successor. */
async function rotate(installation: Installation, keyId: string, grace: number): Promise<string> {
  const body = { grace_period_seconds: grace };
  const made = await installation.manage('POST', `/v1/api-keys/${keyId}/rotate`, body);
  installation.keys.add(made['key'] as string);
  return made['id'] as string;
}

async function waitForExpiry(installation: Installation, { keyId }: Credentials): Promise<void> {
  const { expires_at: end } = await installation.manage('GET', `/v1/api-keys/${keyId}`);
  await pause(Date.parse(end as string) - Date.now());
}

const endOfGrace: Requests = async (installation, credentials) => {
  await rotate(installation, credentials.keyId, SHORT_GRACE);
  await waitForExpiry(installation, credentials);
};

const expiry: Requests = async (installation, credentials) => {
  const end = new Date(Date.now() + SHORT_GRACE * 1000).toISOString();
  await patch({ expires_at: end })(installation, credentials);
  await waitForExpiry(installation, credentials);
};

const rotateNow: Requests = (installation, { keyId }) => rotate(installation, keyId, 0);

/** A key that is admitted before. */
function kind(name: string, make: Requests, after: Expectation | Change['after']): Kind {
  return kindFrom(name, { make, after: typeof after === 'function' ? both(after) : after });
}

/** A key that something was done to before. */
function kindFrom(
  name: string,
  steps: {
    readonly first?: Requests;
    readonly before?: Expectation;
    readonly make: Requests;
    readonly after: Change['after'];
  },
): Kind {
  const { first, before = admitted, make, after } = steps;
  const prepare = async (installation: Installation): Promise<Change> => {
    const credentials = await installation.makeKey();
    await first?.(installation, credentials);
    return { credentials, before, after, make: () => make(installation, credentials) };
  };
  return { name, prepare };
}

/** A second rotation, which ends the first one's grace. */
const graceCutShort: Kind = {
  name: 'grace cut short by another rotation',
  prepare: async (installation) => {
    const credentials = await installation.makeKey();
    const successor = await rotate(installation, credentials.keyId, LONG_GRACE);
    const make = () => rotate(installation, successor, LONG_GRACE);
    return { credentials, before: admitted, after: both(refused), make };
  },
};

/** Changes over REST. */
export const kindsByApi: readonly Kind[] = [
  kind('key revoked', revoke, refused),
  kind('key revokes itself', revokeItself, refused),
  kind('key disabled', patch({ status: 'disabled' }), refused),
  kindFrom('key enabled again', {
    first: patch({ status: 'disabled' }),
    before: refused,
    make: patch({ status: 'active' }),
    after: both(admitted),
  }),
  kind('tier lowered', patch({ tier: 'lite' }), atTier('lite')),
  kind('permissions narrowed', patch({ permissions: ['usage:read'] }), withOnly('usage:read')),
  kind('bound to IPs', patch({ allowed_ips: ELSEWHERE }), refused),
  kindFrom('unbound from IPs', {
    first: patch({ allowed_ips: ELSEWHERE }),
    before: refused,
    make: patch({ allowed_ips: null }),
    after: both(admitted),
  }),
  kind('JWTs alone', patch({ methods: ['jwt'] }), { key: refused, token: admitted }),
  kind('no JWTs', patch({ methods: ['api_key'] }), { key: admitted, token: refused }),
  kind('JWTs revoked', revokeTokens, { key: admitted, token: refused }),
  kind('rotated, no grace', rotateNow, refused),
  kind('end of grace', endOfGrace, refused),
  graceCutShort,
  kind('expired', expiry, refused),
  kind('account suspended', patchAccount({ status: 'suspended' }), refused),
  kindFrom('account active again', {
    first: patchAccount({ status: 'suspended' }),
    before: refused,
    make: patchAccount({ status: 'active' }),
    after: both(admitted),
  }),
  kind('account tier lowered', patchAccount({ tier: 'standard' }), atTier('standard')),
  kindFrom('account tier raised', {
    first: patchAccount({ tier: 'standard' }),
    before: atTier('standard'),
    make: patchAccount({ tier: 'professional' }),
    after: both(atTier('professional')),
  }),
];
