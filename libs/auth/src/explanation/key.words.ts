import type { KEY_MATCH_RULES, KeyMatch } from '../api-keys/authentication-rules.js';
import type { KEY_FORM_RULES, KeyReading } from '../credential/api-key-format.js';
import type { BEARER_RULES } from '../credential/bearer.js';
import type { WordsFor } from './rule-sheet.js';
import { shown } from './shown.js';

/** The rules of the header. */
export const BEARER_WORDS: WordsFor<typeof BEARER_RULES, string> = {
  header_length: {
    text: 'The Authorization header has at most 8192 characters.',
    found: (value) => `${value.length} characters`,
    remedy: 'Put fewer or shorter claims into the JWT.',
  },
  header_form: {
    text: 'The header is "Bearer", one blank and the credential, of printable ASCII without blanks.',
    found: (value) => oddCharacter(value.slice('Bearer '.length)),
    remedy:
      'Send the credential as it was issued: no blank, line break, quote mark or other letter.',
  },
};

/** An API key before it is looked up, as its form is explained. */
export interface ReadKey extends KeyReading {
  readonly credential: string;
}

/** The rules of a key's form. */
export const KEY_FORM_WORDS: WordsFor<typeof KEY_FORM_RULES, ReadKey> = {
  key_form: {
    text: 'An API key is <prefix>_<dev|stg|prod>_<id of 16>_<49 characters>, in letters and digits.',
    found: ({ credential }) => `${credential.length} characters`,
    remedy:
      'Send the whole key, as it was shown once. A public id (key_...) or a hint is not a key.',
  },
  key_checksum: {
    text: 'The last six characters of an API key are the checksum of the others.',
    remedy: 'A character is wrong or missing: copy the key again from where it was stored.',
  },
};

/** The rules that make a key known. */
export const KEY_MATCH_WORDS: WordsFor<typeof KEY_MATCH_RULES, KeyMatch> = {
  key_known: {
    text: 'A key with this public id exists in this installation.',
    remedy: 'Use a key that was made here: is this the right server and the right database?',
  },
  secret: {
    text: 'The secret is the one that was issued under this id.',
    remedy: 'Use the key as it was shown when it was made, or make another: it is stored nowhere.',
  },
};

function oddCharacter(credential: string): string | null {
  const at = credential.search(/[^\x21-\x7e]/);
  return at < 0 ? null : `character ${at + 1} of the credential is ${shown(credential.charAt(at))}`;
}
