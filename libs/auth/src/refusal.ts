/**
 * Why a credential was refused. The closed list; each goes to the log. Those with a text are told to the client too,
 * but only where the secret or the signature was right: a stranger learns nothing about a key by guessing.
 */
const DESCRIPTIONS = {
  no_credential: null,
  several_headers: null,
  malformed_header: null,
  header_too_long: null,
  malformed_key: null,
  malformed_token: null,
  token_header_refused: null,
  algorithm_refused: null,
  malformed_key_id: null,
  malformed_subject: null,
  kid_required: null,
  unknown_key: null,
  unknown_account: null,
  wrong_secret: null,
  wrong_signature: null,
  not_this_strategy: null,
  claim_refused: 'A claim of the JWT has the wrong type or an unknown value',
  subject_mismatch: 'The sub of the JWT names another account',
  lifetime_too_long: 'The JWT lives longer than allowed',
  token_expired: 'The JWT has expired',
  token_not_yet_valid: 'The JWT is not valid yet',
  audience_mismatch: 'The aud of the JWT does not name this API',
  tokens_revoked: 'JWTs issued at that time have been revoked',
  key_revoked: 'The API key has been revoked',
  key_disabled: 'The API key is disabled',
  key_expired: 'The API key has expired',
  account_suspended: 'The account is suspended',
  environment_mismatch: 'The API key belongs to another environment',
  ip_not_allowed: 'The API key may not be used from this address',
  method_not_allowed: 'The API key may not be used in this way',
} as const satisfies Record<string, string | null>;

/** Names of the reasons for a refusal, for logs. */
export type RefusalReason = keyof typeof DESCRIPTIONS;

/** Thrown where a credential is refused. Carries no part of the credential but the public key id. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /**
   * @param reason which rule failed
   * @param keyId public id of the key concerned, once known
   * @param accountId whose key that is, once its secret or signature was right
   */
  constructor(
    readonly reason: RefusalReason,
    readonly keyId: string | null = null,
    readonly accountId: string | null = null,
  ) {
    super(reason);
  }

  /** What the holder of the right secret is told (RFC 6750, section 3, `error_description`); null for a stranger. */
  get description(): string | null {
    return DESCRIPTIONS[this.reason];
  }

  /** Public id of the key whose holder was refused: its secret or signature was right. Null for a stranger, who only guesses. */
  get holderKeyId(): string | null {
    return this.description === null ? null : this.keyId;
  }
}

/** Whose refusal it is. */
interface Concerned {
  readonly id: string;
  readonly accountId: string;
}

/** Runs checks that do not know whose key they judge, and names the key in what they throw. */
export function attributedTo<Result>({ id, accountId }: Concerned, checks: () => Result): Result {
  try {
    return checks();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.reason, id, accountId) : error;
  }
}
