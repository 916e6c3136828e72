import type {
  OWNER_RULES,
  SIGNER_RULES,
  SignerMatch,
  TokenOwner,
} from '../api-keys/authentication-rules.js';
import { ownValue } from '../credential/json-object.js';
import { namedKey, REFUSED_HEADER_MEMBERS, type TOKEN_RULES } from '../credential/token-rules.js';
import type { TokenParts } from '../credential/token-parts.js';
import type { WordsFor } from './rule-sheet.js';
import { shown } from './shown.js';

const OBJECT_REMEDY = 'base64url of a JSON object: UTF-8, no padding, "-" and "_" for "+" and "/".';

/** The rules of a JWT's form. */
export const TOKEN_WORDS: WordsFor<typeof TOKEN_RULES, TokenParts> = {
  three_segments: {
    text: 'A JWT has exactly three segments with dots between: header, payload, signature.',
    found: ({ segments }) => `${segments} segments`,
    remedy: 'Send the whole JWT, as the library wrote it, in compact form.',
  },
  signature_size: {
    text: 'The signature is canonical base64url of 32 bytes, as HS256 makes them.',
    found: ({ signature }) =>
      signature.length === 0 ? 'no canonical base64url' : `${signature.length} bytes`,
    remedy: 'Sign with HS256, and write the 32 bytes in base64url without padding; not in hex.',
  },
  header_object: {
    text: 'The header is canonical base64url of a JSON object.',
    remedy: `Write the header in ${OBJECT_REMEDY}`,
  },
  algorithm: {
    text: 'The header\'s alg is exactly "HS256".',
    found: ({ header }) => `alg ${shown(ownValue(header, 'alg'))}`,
    remedy: 'Set alg to "HS256" and sign with it: no other algorithm is taken.',
  },
  header_members: {
    text: `The header has none of ${REFUSED_HEADER_MEMBERS.join(', ')}.`,
    found: ({ header }) =>
      REFUSED_HEADER_MEMBERS.filter((name) => Object.hasOwn(header, name)).join(', ') || null,
    remedy: 'Take these members out of the header.',
  },
  header_type: {
    text: 'The header\'s typ, if present, is "JWT".',
    found: ({ header }) => `typ ${shown(ownValue(header, 'typ'))}`,
    remedy: 'Set typ to "JWT" or leave it out.',
  },
  payload_object: {
    text: 'The payload is canonical base64url of a JSON object.',
    remedy: `Write the payload in ${OBJECT_REMEDY}`,
  },
  subject: {
    text: 'sub is a text of 1 to 255 characters, well-formed and without control characters.',
    found: ({ payload }) => `sub ${shown(ownValue(payload, 'sub'))}`,
    remedy: 'Set sub to your own name for the user, as a string.',
  },
  issuer: {
    text: 'iss, if present, is a text.',
    found: ({ payload }) => `iss ${shown(ownValue(payload, 'iss'))}`,
    remedy: 'Set iss to a string or leave it out.',
  },
  key_id_form: {
    text: 'kid, or without it an iss that begins with key_, is a public key id.',
    found: (parts) => shown(namedKey(parts)),
    remedy:
      'Set kid to the public id, key_ and the 16 characters between the second and third "_" of the key, never to the key itself.',
  },
  key_named: {
    text: 'The JWT names its key by kid or iss; without either, sub is the account id of the key.',
    found: (parts) =>
      namedKey(parts) === undefined ? `no key, sub ${shown(ownValue(parts.payload, 'sub'))}` : null,
    remedy:
      'Set kid in the header to the public id of the key (key_...), or sub to the account (acct_...).',
  },
};

/** The rules that make the signer known. */
export const SIGNER_WORDS: WordsFor<typeof SIGNER_RULES, SignerMatch> = {
  signer_known: {
    text: 'The key that the JWT names exists in this installation.',
    found: ({ reference }) => ('keyId' in reference ? reference.keyId : null),
    remedy: 'Name a key that was made here: is this the right server, database and kid?',
  },
  signer_tried: {
    text: 'Without a key id, the signer is among the first 20 usable keys of the account.',
    found: ({ reference, candidates }) =>
      'keyId' in reference ? null : `${Math.min(candidates.length, 20)} keys were tried`,
    remedy: 'Set kid in the header to the public id of the key.',
  },
  account_known: {
    text: 'Without a key id, the account has a usable key here that allows JWTs.',
    found: ({ reference }) => ('accountId' in reference ? reference.accountId : null),
    remedy:
      'Is the account id right? It needs a key of this environment that is neither revoked, disabled nor expired and has jwt among its methods; a suspended account has none.',
  },
  signature: {
    text: 'The signature is the HMAC-SHA-256 of header and payload with the whole API key as secret.',
    remedy:
      'Sign with the whole API key as a text, from its prefix to its last character: not its secret part or its id alone, not decoded or hashed, without blank or line break, and with the key that kid names. A JWT that was changed after it was signed fails here as well.',
  },
};

/** The rule on whom a JWT speaks for. */
export const OWNER_WORDS: WordsFor<typeof OWNER_RULES, TokenOwner> = {
  subject_account: {
    text: 'A sub that looks like an account id is the account of the key.',
    found: ({ subject, accountId }) => `sub ${shown(subject)}, the key is of ${accountId}`,
    remedy: 'Set sub to the account of the key, or to a name that does not begin with acct_.',
  },
};
