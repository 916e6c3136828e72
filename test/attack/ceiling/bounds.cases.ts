import { changes, create, lacks, patch, refused } from './attempt.js';
import type { Call, Caller, Family, Target } from './attempt.js';

/** When callers that expire do so. */
const END = new Date(Date.now() + 86_400_000);

const after = (milliseconds: number): Date => new Date(END.getTime() + milliseconds);

const permissions = ['*'];

/** A caller by key and by JWT, with `admin` and without: what its key is bound by binds all of them. */
function inAllWays(key: Caller['key'] & object): Caller[] {
  const isAllowed = (method: 'api_key' | 'jwt'): boolean => key.methods?.includes(method) ?? true;
  const admin = { ...key, permissions: ['*', 'admin'] };
  return [
    ...(isAllowed('api_key')
      ? [
          { name: 'a key', key },
          { name: 'an admin key', key: admin },
        ]
      : []),
    ...(isAllowed('jwt')
      ? [
          { name: 'a JWT', key, claims: { scope: '* api-keys:write' } },
          { name: 'an admin JWT', key: admin, claims: { scope: '* api-keys:write admin' } },
        ]
      : []),
  ];
}

interface Bound {
  readonly name: string;
  readonly key: Target['key'];
  /** Bodies that reach further than the caller, by what they leave out as well. */
  readonly above: readonly object[];
  readonly within: readonly object[];
  /** Keys that reach further. */
  readonly stronger: readonly Target['key'][];
}

function toFamily({ name, key, above, within, stronger }: Bound): Family {
  const target: Target = { key };
  const patched = above.filter((json) => Object.keys(json).length > 0);
  const inAccount = (json: object): Call => create({ permissions, ...json });
  return {
    name,
    callers: inAllWays(key),
    attempts: refused(
      lacks(),
      ...above.map(inAccount),
      ...patched.map((json) => patch(json, target)),
      ...patched.slice(0, 2).map((json) => ({
        ...patch(json),
        name: `patch itself ${JSON.stringify(json)}`,
      })),
      ...stronger.flatMap((strong) => [
        ...changes(`one with ${JSON.stringify(strong)}`, { key: strong }),
        { ...patch({ ...within[0] }, { key: strong }), name: `lower ${JSON.stringify(strong)}` },
      ]),
    ),
    controls: [
      ...within.map(inAccount),
      ...within.map((json) => patch(json, target)),
      ...within.map((json) => patch(json)),
      ...changes('one within', target),
    ],
  };
}

const NETWORKS = ['127.0.0.0/8', '2001:db8::/32'];

const BOUNDS: Bound[] = [
  {
    name: 'a way of use, beyond JWTs alone',
    key: { methods: ['jwt'] },
    above: [{}, { methods: ['api_key'] }, { methods: ['jwt', 'api_key'] }],
    within: [{ methods: ['jwt'] }],
    stronger: [{}, { methods: ['api_key'] }],
  },
  {
    name: 'a way of use, beyond the key alone',
    key: { methods: ['api_key'] },
    above: [{}, { methods: ['jwt'] }, { methods: ['api_key', 'jwt'] }],
    within: [{ methods: ['api_key'] }],
    stronger: [{}, { methods: ['jwt'] }],
  },
  {
    name: "a longer life than the caller's key",
    key: { expiresAt: END },
    above: [
      {},
      { expires_at: null },
      { expires_at: after(1).toISOString() },
      { expires_at: '2999-12-31T23:59:59.999Z' },
    ],
    within: [{ expires_at: END.toISOString() }, { expires_at: after(-1).toISOString() }],
    stronger: [{}, { expiresAt: after(1) }],
  },
  {
    name: 'addresses beyond those of the caller',
    key: { allowedIps: NETWORKS },
    above: [
      {},
      { allowed_ips: null },
      { allowed_ips: ['0.0.0.0/0'] },
      { allowed_ips: ['126.0.0.0/7'] },
      { allowed_ips: ['128.0.0.1'] },
      { allowed_ips: ['127.0.0.1', '10.0.0.1'] },
      { allowed_ips: ['::/0'] },
      { allowed_ips: ['::1'] },
      { allowed_ips: ['2001:db8::/31'] },
      { allowed_ips: ['2001:db9::1'] },
      { allowed_ips: ['::ffff:10.0.0.1'] },
      { allowed_ips: ['::ffff:0.0.0.0/96'] },
      { allowed_ips: ['::ffff:126.0.0.0/103'] },
      { allowed_ips: ['::ffff:a00:1'] },
      { allowed_ips: [...NETWORKS, '0.0.0.0/0'] },
    ],
    within: [
      { allowed_ips: ['127.0.0.1'] },
      { allowed_ips: NETWORKS },
      { allowed_ips: ['127.128.0.0/9', '127.0.0.1'] },
      { allowed_ips: ['::ffff:127.0.0.1', '2001:db8::1'] },
      { allowed_ips: ['::ffff:127.0.0.0/104'] },
    ],
    stronger: [{}, { allowedIps: ['127.0.0.1', '::/0'] }],
  },
];

/** What binds the caller's key binds all that it gives on, by whatever way and whoever it is. */
export const boundFamilies: Family[] = BOUNDS.map(toFamily);
