/**
 * Anything that looks like an API key or a JWT, whole or cut short after its secret began. Wider than the exact forms:
 * a secret with a typing error is still a secret.
 */
const SECRETS =
  /\b(clary_(?:dev|stg|prod)_[0-9A-Za-z]{16}_)[0-9A-Za-z]+|\beyJ[\w-]+(?:\.[\w-]*)+|\b[\w-]{4,}\.[\w-]{4,}\.[\w-]{43}(?![\w-])/g;

/** Replaces what is secret in a text; public ids stay. */
export function redact(text: string): string {
  return text.replace(SECRETS, (_, hint: string | undefined) => `${hint ?? ''}[redacted]`);
}
