import type { Use } from '../api-keys/api-key.state.js';
import type { CredentialLookup } from '../api-keys/credential-lookup.js';
import type { AuthSettings } from '../auth.settings.js';
import type { RuleSheet } from './rule-sheet.js';

/** What it takes to explain one credential. */
export interface Inquiry {
  readonly lookup: CredentialLookup;
  readonly settings: AuthSettings;
  /** What the rules of the header said; the others follow. */
  readonly sheet: RuleSheet;
  readonly use: Use;
}
