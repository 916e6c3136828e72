import fc from 'fast-check';
import { Expire, Try, Use, type Calling, type TokenChoice } from './commands.js';
import type { KeyModel } from './model.js';
import { RANGES, TIERS } from './rights.js';
import {
  Create,
  List,
  Patch,
  PatchAccount,
  Read,
  Revoke,
  RevokeTokens,
  Rotate,
  type Members,
  type Target,
} from './steps.js';
import type { World } from './world.js';

const number = fc.nat({ max: 997 });
const target: fc.Arbitrary<Target> = fc.record({
  number,
  of: fc.constantFrom('last', 'last', 'own', 'own', 'all'),
});
const tier = fc.constantFrom(...TIERS);

/** Mostly nothing: a value in one of so many cases. */
const rarely = <Value>(value: fc.Arbitrary<Value>, one = 4): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: one - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const often = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 3 });

const grants = [
  ...['*', 'documents:*', 'documents:read', 'documents:write', 'workflows:read', 'admin'],
  ...['api-keys:*', 'api-keys:read', 'api-keys:write', 'usage:read', 'documents:fly'],
];
const permissions = fc.oneof(
  fc.constantFrom<string[]>([], ['documents:read'], ['api-keys:*', 'documents:read'], ['*']),
  fc.constantFrom(['documents:read'], ['*', 'admin'], ['api-keys:read', 'api-keys:write']),
  fc.subarray(grants, { maxLength: 4 }),
);

const members = {
  name: fc.constantFrom('One', 'Two'),
  permissions,
  tier,
  methods: fc.constantFrom(['api_key'], ['jwt'], ['api_key', 'jwt'], ['jwt', 'api_key']),
  rate_limit: fc.constantFrom(null, 60, 100, 500, 2000),
  expires_at: fc.constantFrom(null, 1, 2, 3, -1),
  allowed_ips: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.subarray(Object.keys(RANGES), { maxLength: 3 }) },
  ),
  metadata: fc.constantFrom({}, { team: 'billing' }),
};

const creation: fc.Arbitrary<Members> = fc
  .record(
    {
      ...members,
      tier: rarely(tier),
      rate_limit: rarely(members.rate_limit),
      expires_at: rarely(members.expires_at),
      allowed_ips: rarely(members.allowed_ips),
      methods: rarely(members.methods),
      environment: rarely(fc.constantFrom('development', 'staging', 'production')),
    },
    { requiredKeys: ['name', 'permissions'] },
  )
  .map(withoutUndefined);

/** One member or two: more of them hide each other's effect. */
const change: fc.Arbitrary<Members> = fc
  .record({
    ...members,
    metadata: fc.option(members.metadata),
    status: fc.constantFrom('active', 'disabled'),
  })
  .chain((all) =>
    fc
      .oneof(
        fc.subarray<string>(Object.keys(all), { minLength: 1, maxLength: 2 }),
        fc.constantFrom<string[]>(['status'], ['status'], ['expires_at'], ['permissions']),
      )
      .map((names) =>
        Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))),
      ),
  );

const token: fc.Arbitrary<TokenChoice> = fc.record({
  naming: fc.constantFrom('kid', 'kid', 'iss', 'account'),
  sub: fc.constantFrom('user', 'user', 'user', 'user', 'own', 'own', 'other'),
  age: fc.constantFrom(0, 0, -20, 20),
  tier: rarely(tier),
  aud: rarely(fc.constantFrom('clary', 'elsewhere')),
  permissions: rarely(permissions),
  scope: fc.constantFrom(
    ...['* api-keys:write admin', '* api-keys:write', 'api-keys:write api-keys:read documents:*'],
    ...['api-keys:* documents:read', 'api-keys:write  documents:read unknown:name', '', undefined],
  ),
});

const calling: fc.Arbitrary<Calling> = fc.record({
  key: number,
  of: fc.constantFrom('first', 'related', 'related', 'working', 'all'),
  ip: rarely(fc.constantFrom(1, 2, 3)).map((ip) => ip ?? 0),
  replica: fc.constantFrom(0, 1),
  token: rarely(token, 2),
});

const owner = rarely(fc.constantFrom(0, 1, 2, 3, -1));

const steps = [
  { weight: 8, arbitrary: fc.tuple(creation, owner).map((all) => new Create(...all)) },
  { weight: 6, arbitrary: fc.tuple(change, target).map((all) => new Patch(...all)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(target, fc.constantFrom(0, 3600, 604_800, 3600, 604_801))
      .map((all) => new Rotate(...all)),
  },
  { weight: 1, arbitrary: often(target).map((which) => new Revoke(which)) },
  { weight: 1, arbitrary: target.map((which) => new RevokeTokens(which)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        number,
        fc.oneof(
          tier.map((value) => ({ tier: value })),
          fc.constantFrom({ status: 'suspended' }, { status: 'active' }, { status: 'active' }),
        ),
      )
      .map(([account, changes]) => new PatchAccount(account, changes)),
  },
  { weight: 2, arbitrary: target.map((which) => new Read(which)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(undefined, 0, 1, 2, 3).map((account) => new List(account)),
  },
];

const tried = fc.tuple(fc.oneof(...steps), calling).map(([step, caller]) => new Try(step, caller));

const used = calling.map((caller) => new Use(caller));
const expired = number.map((which) => new Expire(which));

/** Sequences of whatever callers may try. */
export function sequences(
  maxCommands: number,
): fc.Arbitrary<Iterable<fc.AsyncCommand<KeyModel, World>>> {
  return fc.commands<KeyModel, World, false>(
    [...Array<typeof tried>(14).fill(tried), used, used, used, expired],
    { maxCommands, size: 'max' },
  );
}

function withoutUndefined(all: object): Members {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
