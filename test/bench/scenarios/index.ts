import { FirstSeen, Rotation } from '../load/credentials.js';
import type { HeldAccount, HeldKey } from '../server/messages.js';
import { CANDIDATES, IN_ROTATION, type Fixtures } from './fixtures.js';
import type { Scenario } from './scenario.js';
import { signerForAccount, signerWithKeyId } from './tokens.js';

/** The API keys themselves. */
const byKey = ({ keys }: Fixtures): Rotation => new Rotation(someOf(keys).map(({ key }) => key));

/** JWTs that name their key, each sent many times. */
const byToken = ({ keys }: Fixtures): Rotation =>
  new Rotation(someOf(keys).map((key) => signerWithKeyId(key)()));

/** JWTs that name their key, each sent once. */
const byNewToken = ({ keys }: Fixtures): FirstSeen =>
  new FirstSeen(inTurn(someOf(keys).map(signerWithKeyId)));

/** JWTs that name an account, each sent once and signed by each of its keys in turn. */
const byAccount = (accounts: readonly HeldAccount[]): FirstSeen =>
  new FirstSeen(
    inTurn(
      accounts.flatMap(({ accountId, keys }) =>
        keys.map((key) => signerForAccount(key, accountId)),
      ),
    ),
  );

/** Every scenario, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  { name: 'key', path: '/guarded', expectedStatus: 200, credentials: byKey },
  { name: 'jwt', path: '/guarded', expectedStatus: 200, credentials: byToken },
  { name: 'jwt-first-seen', path: '/guarded', expectedStatus: 200, credentials: byNewToken },
  ...CANDIDATES.map((count): Scenario => ({
    name: `jwt-without-key-id-${count}`,
    path: '/guarded',
    expectedStatus: 200,
    credentials: ({ accounts }) => byAccount(accounts.get(count) ?? []),
  })),
  { name: 'stock-key', path: '/stock', expectedStatus: 200, credentials: byKey },
  { name: 'stock-jwt', path: '/stock', expectedStatus: 200, credentials: byToken },
  {
    name: 'refused',
    path: '/guarded',
    expectedStatus: 401,
    credentials: ({ unknownKeys }) => new Rotation(unknownKeys.map(({ key }) => key)),
  },
];

/** Evenly spread over all keys, so that no page of the table is favoured. */
function someOf(keys: readonly HeldKey[]): HeldKey[] {
  const step = Math.max(1, Math.floor(keys.length / IN_ROTATION));
  return keys.filter((_key, index) => index % step === 0).slice(0, IN_ROTATION);
}

function inTurn(signers: readonly (() => string)[]): () => string {
  let index = 0;
  return () => {
    const sign = signers[index % signers.length];
    if (sign === undefined) throw new RangeError('A scenario needs a key');
    index += 1;
    return sign();
  };
}
