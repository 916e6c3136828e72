import { USAGE_OUTCOMES, type Usage, type UsageFilter } from '@clary/nestjs-auth';
import { z } from 'zod';
import { accountScope } from '../http/account-scope.js';
import { soughtId, time } from '../http/request-values.js';
import { identifier, timestamp } from '../http/shapes.js';

/** Counts of one answer. */
export const MAX_COUNTS = 10_000;

/** Milliseconds. */
const DAY = 86_400_000;

/** How much is shown unless said, and how much at most, in milliseconds. */
const RANGES = {
  hour: { usual: DAY, most: 31 * DAY },
  day: { usual: 30 * DAY, most: 400 * DAY },
} as const;

/** From when to when. */
interface AskedRange {
  readonly granularity: keyof typeof RANGES;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

function rangeOf({ granularity, from, to }: AskedRange, now: Date): { from: Date; to: Date } {
  const end = to ?? now;
  return { from: from ?? new Date(end.getTime() - RANGES[granularity].usual), to: end };
}

/** What is wrong with a range; undefined where nothing is. */
function problemOf(asked: AskedRange): string | undefined {
  const { from, to } = rangeOf(asked, new Date());
  const { most } = RANGES[asked.granularity];
  if (from >= to) return 'must be before `to`, which is now unless said';
  if (to.getTime() - from.getTime() <= most) return undefined;
  return `must be at most ${most / DAY} days before \`to\`, by ${asked.granularity}`;
}

/** `GET /v1/usage` */
export const listUsage = z
  .strictObject({
    granularity: z.enum(['hour', 'day']).default('hour').meta({
      description: 'Within what requests are summed, in UTC.',
      default: 'hour',
    }),
    from: time.optional().meta({
      description:
        'Only from this time on, rounded down to a whole hour or day. Unless said 24 hours before `to`, or 30 days by day; at most 31 days, or 400 by day.',
    }),
    to: time.optional().meta({
      description: 'Only before this time, rounded up to a whole hour or day. Unless said: now.',
    }),
    key_id: soughtId.optional().meta({ description: 'Only of this key.' }),
    account_id: accountScope,
  })
  .refine((asked) => problemOf(asked) === undefined, {
    path: ['from'],
    // Times that are none are no range.
    when: ({ issues }) => issues.length === 0,
    error: ({ input }) => problemOf(input as AskedRange),
  });

/** The requests of one key to one route with one outcome, within an hour or a day. */
export const usageItem = z
  .strictObject({
    from: timestamp.meta({ description: 'Start of the hour or day, UTC.' }),
    to: timestamp.meta({ description: 'Its end, which no longer belongs to it.' }),
    key_id: identifier('key').meta({ description: 'The key, also where it signed a JWT.' }),
    route: z.string().meta({
      description: 'Method and path, with parameters in braces. HEAD counts as GET.',
      examples: ['GET /v1/documents/{id}'],
    }),
    outcome: z.enum(USAGE_OUTCOMES).meta({
      description:
        'What the check of key, rights and rate said: `allowed`, whatever the answer was then; `unauthorized`, though secret or signature was right; `forbidden`; `rate_limited`.',
      examples: ['allowed'],
    }),
    count: z
      .int()
      .min(1)
      .meta({ description: 'How many there were.', examples: [42] }),
  })
  .meta({ id: 'Usage', description: 'How often a key was used for something.' });

/** All counts of a range. */
export const usageList = z
  .strictObject({
    data: z.array(usageItem).max(MAX_COUNTS).meta({
      description: 'Newest first, then by key, route and outcome. What did not happen is left out.',
    }),
  })
  .meta({ id: 'UsageList', description: 'How often keys were used for what.' });

/** Which usage is asked for. */
export type ListUsage = z.infer<typeof listUsage>;
/** A count as it is shown. */
export type UsageItem = z.infer<typeof usageItem>;
/** Counts as they are shown. */
export type UsageList = z.infer<typeof usageList>;

/** The query of a list in the words of the service; one count more than may be shown tells that there are too many. */
export function toUsageFilter(query: ListUsage, accountId: string | undefined): UsageFilter {
  const { granularity, key_id: keyId } = query;
  return { ...rangeOf(query, new Date()), granularity, keyId, accountId, limit: MAX_COUNTS + 1 };
}

/** A count in the words of the API. */
export function presentUsage({ from, to, keyId, route, outcome, count }: Usage): UsageItem {
  return { from: from.toISOString(), to: to.toISOString(), key_id: keyId, route, outcome, count };
}
