import { STATE_RULES } from '../api-keys/api-key.state.js';
import { KEY_MATCH_RULES } from '../api-keys/authentication-rules.js';
import { principalOfKey } from '../api-keys/principal.factory.js';
import { KEY_FORM_RULES } from '../credential/api-key-format.js';
import type { Explanation } from './explanation.js';
import type { Inquiry } from './inquiry.js';
import { KEY_FORM_WORDS, KEY_MATCH_WORDS } from './key.words.js';
import { STATE_WORDS } from './state.words.js';

/** Judges an API key by every rule; by those on its state as soon as its id is known. */
export async function explainKey(
  credential: string,
  { lookup, settings, sheet, use }: Inquiry,
): Promise<Explanation> {
  const reading = settings.format.read(credential);
  const { keyId } = reading;
  sheet.judge(KEY_FORM_RULES, KEY_FORM_WORDS, { ...reading, credential });
  const match = keyId === null ? null : await lookup.matchKey(keyId, credential);
  sheet.judge(KEY_MATCH_RULES, KEY_MATCH_WORDS, match);
  const key = match?.found?.record ?? null;
  sheet.judge(STATE_RULES, STATE_WORDS, key && { key, use });
  return {
    kind: 'api_key',
    accepted: sheet.isClean,
    proven: sheet.isMet('secret'),
    keyId,
    accountId: key?.accountId ?? null,
    rules: sheet.results,
    notes: [],
    principal: key !== null && sheet.isClean ? principalOfKey(key, settings) : null,
  };
}
