import { Injectable } from '@nestjs/common';
import { CredentialLookup } from '../api-keys/credential-lookup.js';
import { AuthSettings } from '../auth.settings.js';
import { BEARER_RULES, methodOf } from '../credential/bearer.js';
import { explainKey } from './explain-key.js';
import { explainToken } from './explain-token.js';
import type { Explanation } from './explanation.js';
import { BEARER_WORDS } from './key.words.js';
import { RuleSheet } from './rule-sheet.js';

/** Under which circumstances a credential is used. */
export interface ExplainOptions {
  /** The client's address; null, and by default, not known. */
  readonly ip?: string | null;
  /** Default: now. */
  readonly now?: Date;
}

/**
 * Tells why a credential would be accepted or refused, by the rules that decide it. What it tells is for whoever runs the
 * installation: a caller must not learn it.
 */
@Injectable()
export class CredentialExplainer {
  constructor(
    private readonly lookup: CredentialLookup,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * Judges an API key or a JWT by every rule.
   *
   * @throws StoreUnavailableError when the store cannot be asked, or a digest's master key is not configured
   */
  explain(
    credential: string,
    { ip = null, now = new Date() }: ExplainOptions = {},
  ): Promise<Explanation> {
    const sheet = new RuleSheet();
    sheet.judge(BEARER_RULES, BEARER_WORDS, `Bearer ${credential}`);
    const method = methodOf(credential);
    const use = { method, environment: this.settings.environment, now, ip, issuedAt: null };
    const inquiry = { lookup: this.lookup, settings: this.settings, sheet, use };
    return method === 'jwt' ? explainToken(credential, inquiry) : explainKey(credential, inquiry);
  }
}
