/**
 * Anything that looks like an API key or a JWT, whole or cut short after its secret began. Wider than the exact forms:
 * a secret with a typing error is still a secret, and so is one that stands in the middle of a word.
 *
 * Clients choose the text, so the time must be linear in it: a run of letters is entered at its beginning only.
 */
const SECRETS = new RegExp(
  [
    '(clary_(?:dev|stg|prod)_[0-9A-Za-z]{16}_)[0-9A-Za-z]+',
    String.raw`(?<![\w-])(?=[\w-]*eyJ)[\w-]+(?:\.[\w-]*)+`,
    String.raw`(?<![\w-])[\w-]{4,}\.[\w-]{4,}\.[\w-]{43}(?![\w-])`,
  ].join('|'),
  'g',
);

/** Replaces what is secret in a text; public ids stay. */
export function redact(text: string): string {
  return text.replace(SECRETS, (_, hint: string | undefined) => `${hint ?? ''}[redacted]`);
}
