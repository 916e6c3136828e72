import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { time as rfc3339 } from '../http/request-values.js';
import { UsageError } from './command.errors.js';

/**
 * Checks options by the schema of the API's own request: a command takes what the route takes.
 *
 * @param given options by the names of the request's members
 * @throws UsageError that names the option
 */
export function checked<Schema extends z.ZodType>(schema: Schema, given: object): z.output<Schema> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const { data, error } = schema.safeParse(Object.fromEntries(said));
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return data as z.output<Schema>;
  throw new UsageError(`${optionOf(String(issue.path[0]))}: ${issue.message}.`);
}

/** Members whose option is called otherwise. */
const OPTIONS: Readonly<Record<string, string>> = {
  account_id: 'account',
  accountId: 'account',
  expires_at: 'expires',
  grace_period_seconds: 'grace-period',
  expiresAt: 'expires',
};

/** The option that a member of a request, or of a service's argument, is given by. */
export function optionOf(member: string): string {
  const name = OPTIONS[member] ?? member;
  return `--${name.replace(/_/g, '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Stands for null, which commander takes for a reader that failed. */
export const NONE = Symbol('none');

/** Reads an option that can be taken away by a word of its own. */
export function orNone<Value>(word: string, read: (text: string) => Value) {
  return (text: string): Value | typeof NONE => (text === word ? NONE : read(text));
}

/** What an option says: null where it takes something away. */
export const valueOf = <Value>(given: Value | typeof NONE): Value | null =>
  given === NONE ? null : given;

/** Reads a comma-separated list. */
export function list(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('It must be a comma-separated list.');
  return items;
}

/** Reads JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError('It must be JSON.');
  }
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a span of time: seconds, or a number with a unit, such as `7d`.
 *
 * @returns milliseconds
 */
export function duration(text: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('It must be seconds, or a number with s, m, h or d.');
  return Number(match[1]) * UNITS[(match[2] || 's') as keyof typeof UNITS];
}

const SPAN = /^\d+[smhd]$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a time to come: a date, whose beginning in UTC is meant, RFC 3339, or a span from now such as `90d`. */
export function expiry(text: string): string {
  return (SPAN.test(text) ? at(Date.now() + duration(text)) : at(text)).toISOString();
}

/** Reads a time past: a date, whose beginning in UTC is meant, RFC 3339, or a span before now such as `90d`. */
export function past(text: string): Date {
  return SPAN.test(text) ? at(Date.now() - duration(text)) : at(text);
}

/** @param time as it was given, or milliseconds since the epoch */
function at(time: string | number): Date {
  const { data } = rfc3339.safeParse(typeof time === 'number' ? isoOf(time) : fromDate(time));
  if (data !== undefined) return data;
  throw new InvalidArgumentError(
    'It must be a date, such as 2027-01-31 or 2027-01-31T09:30:00Z, or a span, such as 90d.',
  );
}

const fromDate = (text: string): string => (DATE.test(text) ? `${text}T00:00:00Z` : text);

/** Empty beyond the times that JavaScript knows. */
const isoOf = (time: number): string =>
  Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : '';
