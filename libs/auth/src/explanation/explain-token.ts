import { STATE_RULES, TOKENS_REVOKED_RULES } from '../api-keys/api-key.state.js';
import { OWNER_RULES, SIGNER_RULES, type SignerMatch } from '../api-keys/authentication-rules.js';
import type { KeyRecord } from '../api-keys/key-record.js';
import { holderOf, principalOfToken } from '../api-keys/principal.factory.js';
import { CLAIM_RULES, timeOf } from '../credential/claim-rules.js';
import type { JsonObject } from '../credential/json-object.js';
import { readClaims } from '../credential/token-claims.js';
import { splitToken, type TokenParts } from '../credential/token-parts.js';
import { signerOf, TOKEN_RULES } from '../credential/token-rules.js';
import { CLAIM_WORDS } from './claim.words.js';
import type { Explanation } from './explanation.js';
import { noteIdleNames } from './idle-names.js';
import type { Inquiry } from './inquiry.js';
import { STATE_WORDS, TOKENS_REVOKED_WORDS } from './state.words.js';
import { OWNER_WORDS, SIGNER_WORDS, TOKEN_WORDS } from './token.words.js';

/** Judges a JWT by every rule that something of it can be judged by, whether or not its signature is right. */
export async function explainToken(credential: string, inquiry: Inquiry): Promise<Explanation> {
  const { settings, sheet } = inquiry;
  const parts = splitToken(credential);
  sheet.judge(TOKEN_RULES, TOKEN_WORDS, parts);
  const match = await matchSigner(parts, inquiry);
  sheet.judge(SIGNER_RULES, SIGNER_WORDS, match);
  const key = match === null ? null : keyOf(match);
  const payload = sheet.isMet('payload_object') ? parts.payload : null;
  judgeClaims(payload, key, inquiry);
  judgeState(parts.payload, key, inquiry);
  const accepted = key !== null && sheet.isClean;
  return {
    kind: 'jwt',
    accepted,
    proven: sheet.isMet('signature'),
    keyId: key?.id ?? namedId(match),
    accountId: key?.accountId ?? null,
    rules: sheet.results,
    notes: notesOn(parts.payload, key, inquiry),
    principal: accepted
      ? principalOfToken(
          holderOf(key, settings),
          subjectOf(parts.payload),
          readClaims(parts.payload),
          settings,
        )
      : null,
  };
}

async function matchSigner(
  parts: TokenParts,
  { lookup, sheet }: Inquiry,
): Promise<SignerMatch | null> {
  if (!sheet.isMet('key_id_form') || !sheet.isMet('key_named')) return null;
  return lookup.matchSigner(signerOf(parts), parts);
}

/** The key that signed; or the one that is named, although another text signed. */
function keyOf({ reference, candidates, signer }: SignerMatch): KeyRecord | null {
  const key = signer?.key ?? ('keyId' in reference ? candidates[0] : undefined);
  return key?.record ?? null;
}

function namedId(match: SignerMatch | null): string | null {
  return match !== null && 'keyId' in match.reference ? match.reference.keyId : null;
}

function judgeClaims(
  payload: JsonObject | null,
  key: KeyRecord | null,
  { settings, sheet, use }: Inquiry,
): void {
  const asked = settings.claims;
  const now = use.now.getTime() / 1000;
  sheet.judge(CLAIM_RULES, CLAIM_WORDS, payload && { payload, asked, now });
  const owner = payload && key && { subject: subjectOf(payload), accountId: key.accountId };
  sheet.judge(OWNER_RULES, OWNER_WORDS, owner);
}

function judgeState(payload: JsonObject, key: KeyRecord | null, { sheet, use }: Inquiry): void {
  const issuedAt = sheet.isMet('issued_at') ? new Date(timeOf(payload, 'iat') * 1000) : null;
  const subject = key && { key, use: { ...use, issuedAt } };
  sheet.judge(STATE_RULES, STATE_WORDS, subject);
  sheet.judge(TOKENS_REVOKED_RULES, TOKENS_REVOKED_WORDS, subject);
}

function notesOn(
  payload: JsonObject,
  key: KeyRecord | null,
  { settings, sheet }: Inquiry,
): string[] {
  if (!sheet.isMet('permissions') || !sheet.isMet('scope')) return [];
  const { narrowings } = readClaims(payload);
  return noteIdleNames(settings.permissions, key?.permissions ?? null, narrowings);
}

/** For those alone who know that it keeps its rule. */
const subjectOf = (payload: JsonObject): string => payload['sub'] as string;
