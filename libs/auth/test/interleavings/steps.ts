import fc from 'fast-check';
import type { Way } from './oracle.js';
import {
  accountIds,
  ACCOUNT_CHANGES,
  ADDRESSES,
  issued,
  KEY_CHANGES,
  type Change,
} from './states.js';
import type { CHANNEL, World } from './world.js';

const CREATE = -1;

type ChangeStep =
  | { readonly key: number; readonly change: number }
  | { readonly account: number; readonly change: keyof typeof ACCOUNT_CHANGES };

/** Keys, ways, changes of keys and waits are numbers of those that the run is about. */
export type Step =
  | {
      readonly step: 'request';
      readonly way: number;
      readonly key: number;
      readonly ip: string;
      readonly isRepeated: boolean;
    }
  | { readonly step: 'commit'; readonly change: ChangeStep; readonly isOwn: boolean }
  | { readonly step: 'wait'; readonly passed: number }
  | { readonly step: 'channel' | 'goAway' | 'comeBack' };

/** What a run is about: where that is little, much happens to it. */
export interface Focus {
  readonly keys: readonly number[];
  readonly ways: readonly Way[];
  readonly changes: readonly (keyof typeof KEY_CHANGES)[];
  readonly waits: readonly number[];
  readonly channel: (typeof CHANNEL)[number];
  /** Kinds of steps that do not happen. */
  readonly without: readonly Step['step'][];
}

const keysOf = <Part extends object>(part: Part): (keyof Part)[] =>
  Object.keys(part) as (keyof Part)[];
const stepOf = <Name extends string>(name: Name): fc.Arbitrary<Name> => fc.constant(name);

const focus: fc.Arbitrary<Focus> = fc.record({
  keys: fc.shuffledSubarray([...issued.keys()], { minLength: 1, maxLength: 2 }),
  ways: fc.shuffledSubarray<Way>(['key', 'named', 'unnamed', 'wrong'], {
    minLength: 1,
    maxLength: 2,
  }),
  changes: fc.shuffledSubarray(keysOf(KEY_CHANGES), { minLength: 1, maxLength: 4 }),
  waits: fc.shuffledSubarray([1, 60, 600, 900, 2500, 6000], { minLength: 1, maxLength: 3 }),
  channel: fc.constantFrom('open', 'lost'),
  without: fc.subarray(['commit', 'wait', 'channel', 'goAway']),
});
const which = fc.nat({ max: issued.length - 1 });
const change: fc.Arbitrary<ChangeStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ key: which, change: fc.nat({ max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ key: which, change: fc.constant(CREATE) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      account: fc.nat({ max: accountIds.length - 1 }),
      change: fc.constantFrom(...keysOf(ACCOUNT_CHANGES)),
    }),
  },
);
const request = fc.record({
  step: stepOf('request'),
  way: which,
  key: which,
  ip: fc.constantFrom(ADDRESSES[0], ADDRESSES[0], ...ADDRESSES),
  isRepeated: fc.constantFrom(true, true, true, false),
});
const commit = fc.record({ step: stepOf('commit'), change, isOwn: fc.boolean() });
const wait = fc.record({
  step: stepOf('wait'),
  passed: fc.nat({ max: 2 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: request },
  { weight: 5, arbitrary: commit },
  { weight: 4, arbitrary: wait },
  { weight: 2, arbitrary: fc.record({ step: stepOf('channel') }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('goAway', 'comeBack') }) },
);

function pick<Item>(items: readonly Item[], at: number): Item {
  return items[at % items.length] as Item;
}

function changeOf(taken: ChangeStep, { keys, changes }: Focus): Change {
  if ('account' in taken) return taken;
  const key = pick(keys, taken.key);
  return { key, change: taken.change === CREATE ? 'create' : pick(changes, taken.change) };
}

export function take(world: World, about: Focus, taken: Step): void {
  if (about.without.includes(taken.step)) return;
  if (taken.step === 'request') {
    const { way, key, ip, isRepeated } = taken;
    void world.request(pick(about.ways, way), pick(about.keys, key), ip, isRepeated);
  } else if (taken.step === 'commit') world.commit(changeOf(taken.change, about), taken.isOwn);
  else if (taken.step === 'wait') world.wait(pick(about.waits, taken.passed));
  else if (taken.step === 'channel') world.turnChannel();
  else world.isAway = taken.step === 'goAway';
}

/** What may happen in a run, and what runs are about. */
export type Plot = readonly [title: string, about: fc.Arbitrary<Focus>, step: fc.Arbitrary<Step>];

const request3 = { weight: 3, arbitrary: request };
const wait3 = { weight: 3, arbitrary: wait };
const commit1 = {
  weight: 1,
  arbitrary: fc.record({
    step: stepOf('commit'),
    change: fc.record({ key: fc.constant(0), change: fc.nat({ max: 3 }) }),
    isOwn: fc.constant(false),
  }),
};
const store1 = {
  weight: 1,
  arbitrary: fc.record({ step: fc.constantFrom('goAway', 'comeBack') }),
};
const oneWay = fc.constantFrom<Way[]>(['key'], ['named'], ['unnamed']);

export const PLOTS: readonly Plot[] = [
  ['whatever happens', focus, step],
  [
    'while nobody is told of anything',
    fc.record({
      keys: fc.constantFrom([0], [3]),
      ways: oneWay,
      changes: fc.shuffledSubarray(['revoke', 'disable', 'lower', 'narrow'], { minLength: 1 }),
      waits: fc.constantFrom([6000], [2500, 6000]),
      channel: fc.constant('lost'),
      without: fc.constant([]),
    }),
    fc.oneof(request3, wait3, commit1),
  ],
  [
    'where a key is made and nobody is told',
    fc.record({
      keys: fc.constantFrom([1], [1, 0], [1, 0, 2]),
      ways: oneWay,
      changes: fc.constant(['create']),
      waits: fc.constantFrom([600], [900], [600, 900, 2500]),
      channel: fc.constant('lost'),
      without: fc.constantFrom([], ['goAway']),
    }),
    fc.oneof(request3, wait3, commit1, store1),
  ],
];
