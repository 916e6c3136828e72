import { AccountService, ApiKeyService, JwtStrategy } from '@clary/nestjs-auth';
import { AuthTestingModule } from '@clary/nestjs-auth/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Strategy as PassportJwt } from 'passport-jwt';
import { signerWithKeyId } from './scenarios/tokens.js';
import { spreadOf, type Spread } from './statistics.js';
import { alignColumns } from './table.js';

/**
 * What it costs that passport-jwt verifies each JWT once more after our own check: the strategy as it is against the
 * same strategy with its parent's verification taken out. The records come from memory, so that the database's share,
 * many times larger, does not hide the difference.
 */
const ROUNDS = 30;
const TOKENS = 2000;
const WARM_UP_ROUNDS = 5;

type Variant = 'own' | 'both';

const verifyTwice = Object.getOwnPropertyDescriptor(PassportJwt.prototype, 'authenticate');

/** Stands in for the parent's verification: takes the first one's word. */
function believe(this: Outcomes, judged: { readonly principal: unknown }): void {
  this.success(judged.principal);
}

interface Outcomes {
  success(user: unknown): void;
  fail(challenge: unknown): void;
  error(error: unknown): void;
}

async function mintTokens(app: INestApplicationContext): Promise<string[]> {
  const { id: accountId } = await app
    .get(AccountService)
    .create({ name: 'Benchmark', tier: 'professional' });
  const tokens: string[] = [];
  for (let count = 0; count < TOKENS; count += 1) {
    const { key, record } = await app
      .get(ApiKeyService)
      .issue({ accountId, name: 'Benchmark', permissions: ['*'] });
    tokens.push(signerWithKeyId({ key, keyId: record.id })());
  }
  return tokens;
}

/** Runs the strategy as the guard does. */
function authenticate(strategy: JwtStrategy, token: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outcomes: Outcomes = { success: resolve, fail: reject, error: reject };
    const running = Object.assign(Object.create(strategy) as JwtStrategy, outcomes);
    running.authenticate({ rawHeaders: ['Authorization', `Bearer ${token}`] }, {});
  });
}

/** Microseconds of CPU a token. */
async function run(
  variant: Variant,
  strategy: JwtStrategy,
  tokens: readonly string[],
): Promise<number> {
  const parent = variant === 'both' ? verifyTwice : { ...verifyTwice, value: believe };
  Object.defineProperty(PassportJwt.prototype, 'authenticate', parent ?? {});
  const start = process.cpuUsage();
  for (const token of tokens) await authenticate(strategy, token);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / tokens.length;
}

const app = await Test.createTestingModule({ imports: [AuthTestingModule.forRoot()] }).compile();
const strategy = app.get(JwtStrategy);
const tokens = await mintTokens(app);
const costs: Record<Variant, number[]> = { own: [], both: [] };
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
  const cost = { own: 0, both: 0 };
  for (const variant of ['own', 'both', 'both', 'own'] as const) {
    cost[variant] += (await run(variant, strategy, tokens)) / 2;
  }
  if (round < 0) continue;
  costs.own.push(cost.own);
  costs.both.push(cost.both);
}

const differences = costs.both.map((both, round) => both - (costs.own[round] ?? NaN));
const row = (name: string, { median, lowerQuartile, upperQuartile }: Spread): string[] => [
  name,
  median.toFixed(1),
  `${lowerQuartile.toFixed(1)}–${upperQuartile.toFixed(1)}`,
];
const table = alignColumns([
  ['CPU µs a JWT, record in memory', 'median', 'quartiles'],
  row('own check', spreadOf(costs.own)),
  row('own check and passport-jwt', spreadOf(costs.both)),
  row('the second verification', spreadOf(differences)),
]);
process.stdout.write(`${table.join('\n')}\n`);
