const MAX_LENGTH = 80;

/** What follows the beginning of a key, and what is as long as a secret: people paste keys where ids belong. */
const SECRETS = /(?<=_(?:dev|stg|prod)_)[^"]*|[\w-]{40,}/g;

/** A value of somebody else's, fit for any terminal: JSON in printable ASCII, without what may be secret, and cut. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value)
    .replace(SECRETS, '[left out]')
    .replace(/[^\x20-\x7e]/g, escaped);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
}

/** A claim that should be a time, and which one. */
export function shownTime(value: unknown): string {
  const date = new Date(typeof value === 'number' ? value * 1000 : NaN);
  return Number.isNaN(date.getTime()) ? shown(value) : `${shown(value)} (${date.toISOString()})`;
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
