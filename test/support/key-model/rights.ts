/**
 * Rights as plain sets. Written from the rules alone: nothing here is taken from what it is to judge.
 */

/** Tiers, lowest first. */
export const TIERS = ['lite', 'standard', 'professional'] as const;
/** Name of a tier. */
export type Tier = (typeof TIERS)[number];

/** The lowest of some tiers. */
export const lowest = (...tiers: readonly Tier[]): Tier =>
  TIERS.find((tier) => tiers.includes(tier)) ?? 'lite';

/** Whether a tier is at most another. */
export const isAtMost = (tier: Tier, most: Tier): boolean =>
  TIERS.indexOf(tier) <= TIERS.indexOf(most);

/** Every declared permission, and `admin`, in the order in which the API shows them. */
export const NAMES = [
  ...['documents:read', 'documents:write', 'documents:delete'],
  ...['workflows:read', 'workflows:write', 'workflows:execute'],
  ...['api-keys:read', 'api-keys:write'],
  ...['usage:read', 'audit:read', 'metrics:read', 'auth:introspect', 'admin'],
];

/** One name of each resource that nobody has declared yet, and one of a resource that there is none of yet. */
const LATER = [...new Set(NAMES.filter((name) => name !== 'admin').map(resourceOf)), 'later'].map(
  (resource) => `${resource}:later`,
);

/** Everything that grants reach; a wildcard reaches names that are declared later as well. */
export function reachOf(grants: readonly string[]): ReadonlySet<string> {
  const reached = [...NAMES, ...LATER].filter((name) =>
    name === 'admin'
      ? grants.includes('admin')
      : grants.some((grant) => [name, `${resourceOf(name)}:*`, '*'].includes(grant)),
  );
  return new Set(reached);
}

/** What a JWT reaches whose claims each name some grants. */
export function reachOfToken(
  grants: readonly string[],
  claims: readonly (readonly string[])[],
): ReadonlySet<string> {
  const reached = [...reachOf(grants)].filter((name) =>
    name === 'admin' || name === 'api-keys:write'
      ? claims.length > 0 && claims.every((claim) => claim.includes(name))
      : claims.every((claim) => reachOf(claim).has(name)),
  );
  return new Set(reached);
}

/** Addresses that stand for all others of their kind; the last for whatever no list names. */
const PLACES = {
  loopback: '127.0.0.1',
  loopback2: '127.0.0.2',
  office: '10.1.2.3',
  desk: '10.9.9.9',
  internet: '192.0.2.9',
  six: '2001:db8::7',
  otherSix: 'fd00::1',
  anywhere: 'anywhere',
} as const;

const { loopback, loopback2, office, desk, internet, six, otherSix } = PLACES;

/** Which of those addresses are in a range. */
export const RANGES: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': [loopback, loopback2, office, desk, internet],
  '127.0.0.0/8': [loopback, loopback2],
  '127.0.0.1': [loopback],
  '10.0.0.0/8': [office, desk],
  '::ffff:10.0.0.0/104': [office, desk],
  '10.1.2.3/32': [office],
  '::/0': [six, otherSix],
  '2001:db8::/32': [six],
};

/** From where a request may come in a test; from the first without a proxy. */
export const CLIENTS = [loopback, office, internet, six] as const;

/** Every address that a list lets in; null lets in all. */
export const placesOf = (ranges: readonly string[] | null): ReadonlySet<string> =>
  new Set(ranges === null ? Object.values(PLACES) : ranges.flatMap((range) => RANGES[range] ?? []));

/** Whether everything of a set is in another. */
export const isWithin = (part: Iterable<string>, whole: ReadonlySet<string>): boolean =>
  [...part].every((item) => whole.has(item));

function resourceOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}
