import { LEEWAY, type CLAIM_RULES, type JudgedClaims } from '../credential/claim-rules.js';
import { ownValue } from '../credential/json-object.js';
import type { RuleWords, WordsFor } from './rule-sheet.js';
import { shown, shownTime } from './shown.js';

const SECONDS = 'in seconds since 1970, as a number';
const CLOCK = `Clocks may differ by ${LEEWAY} seconds.`;

const present = ({ payload }: JudgedClaims, name: string, write = shown): string | null =>
  ownValue(payload, name) === undefined ? null : `${name} ${write(ownValue(payload, name))}`;

const time = (name: 'iat' | 'exp'): RuleWords<JudgedClaims> => ({
  text: `${name} is there and is a finite number.`,
  found: ({ payload }) => `${name} ${shownTime(ownValue(payload, name))}`,
  remedy: `Set ${name} ${SECONDS}.`,
});

const optional = (name: string, what: string, remedy: string): RuleWords<JudgedClaims> => ({
  text: `${name}, if present, is ${what}.`,
  found: (claims) => present(claims, name),
  remedy: `${remedy}, or leave ${name} out.`,
});

const at = (now: number): string => `it is ${new Date(now * 1000).toISOString()} here`;

/** The rules of a JWT's claims. */
export const CLAIM_WORDS: WordsFor<typeof CLAIM_RULES, JudgedClaims> = {
  issued_at: time('iat'),
  expires_at: time('exp'),
  not_before: {
    text: 'nbf, if present, is a finite number.',
    found: (claims) => present(claims, 'nbf', shownTime),
    remedy: `Set nbf ${SECONDS}, or leave it out.`,
  },
  expires_after_issued: {
    text: 'exp is later than iat.',
    remedy: 'Set exp to a later time than iat.',
  },
  lifetime: {
    text: 'exp - iat is at most the longest lifetime.',
    found: ({ payload, asked }) =>
      `${Number(payload['exp']) - Number(payload['iat'])} seconds, at most ${asked.maxLifetime}`,
    remedy: 'Set exp nearer to iat, and make a new JWT when this one ends. No leeway is granted.',
  },
  not_expired: {
    text: 'The JWT has not expired.',
    found: ({ payload, now }) => `exp ${shownTime(payload['exp'])}, ${at(now)}`,
    remedy: `Make a new JWT. If it is new, compare the clocks and the time zone. ${CLOCK}`,
  },
  already_valid: {
    text: 'iat and nbf are not in the future.',
    found: (claims) =>
      [present(claims, 'iat', shownTime), present(claims, 'nbf', shownTime), at(claims.now)]
        .filter((part) => part !== null)
        .join(', '),
    remedy: `Set the signer's clock: it is ahead. Times count ${SECONDS}, not milliseconds. ${CLOCK}`,
  },
  tier: optional('tier', 'the name of a tier', 'Set it to one of the tiers, in lower case'),
  permissions: optional('permissions', 'an array of texts', 'Set it to an array of names'),
  scope: optional('scope', 'one text of names with blanks between', 'Set it to one string'),
  audience_form: optional('aud', 'a text or an array of texts', 'Set it to a string'),
  audience: {
    text: 'aud, if present, names this API.',
    found: (claims) => {
      const aud = present(claims, 'aud');
      return aud === null ? null : `${aud}, expected ${shown(claims.asked.audience)}`;
    },
    remedy: 'Set aud to the audience of this API, or leave it out.',
  },
};
