import { Injectable } from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
import type { Reading } from '../cache/reading.js';
import {
  RememberedCredentials,
  type Recognition,
  type Slot,
} from '../cache/remembered-credentials.js';
import { KEY_FORM_RULES } from '../credential/api-key-format.js';
import { readToken } from '../credential/token.js';
import type { AuthenticationMethod, Principal } from '../principal.js';
import { Refusal, type RefusalReason } from '../refusal.js';
import { assertRules } from '../rule.js';
import type { Urgency } from './batch-loader.js';
import { CredentialLookup } from './credential-lookup.js';
import {
  assertUsableFrom,
  isUsableFrom,
  judgeKey,
  judgeToken,
  type FindAddress,
} from './judge-credential.js';
import { newerOrUsable } from './newer-or-usable.js';
import { principalOf } from './principal.factory.js';
import type { Signer } from './signer.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

/** Who signed a JWT, and the key it was verified with. */
export interface AuthenticatedToken extends Pick<Signer, 'signingKey'> {
  /** Who calls. */
  readonly principal: Principal;
}

/** Refusals that say something of the moment or the client, and nothing of the credential alone. */
const PASSING: ReadonlySet<RefusalReason> = new Set(['ip_not_allowed', 'token_not_yet_valid']);

/** Recognises an API key, by itself or by what it signed. */
@Injectable()
export class ApiKeyAuthenticator {
  private readonly renewing = new Set<Slot>();

  constructor(
    private readonly lookup: CredentialLookup,
    private readonly settings: AuthSettings,
    private readonly memory: RememberedCredentials,
  ) {}

  /**
   * Who holds this credential, where that was found out less than ten seconds ago and nothing changed since. Asks nobody.
   *
   * @param ip finds the client's address
   * @returns undefined where the credential is to be judged
   * @throws Refusal where it is known, and may not be used from there
   */
  recall(method: AuthenticationMethod, credential: string, ip: FindAddress): Principal | undefined {
    const slot = this.memory.slotOf(credential);
    const known = this.memory.recall(method, slot);
    if (known === undefined) return undefined;
    assertUsableFrom(known, ip);
    if (this.memory.isDue(known)) void this.renew(method, credential, slot, ip);
    return principalOf(known);
  }

  /**
   * Who holds this API key.
   *
   * @param ip finds the client's address
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  authenticateKey(credential: string, ip: FindAddress): Promise<Principal> {
    return this.judgeKey(credential, ip, 'now');
  }

  /**
   * Who signed this JWT, and what the call may do.
   *
   * @param ip finds the client's address
   * @throws Refusal
   * @throws StoreUnavailableError
   */
  authenticateToken(credential: string, ip: FindAddress): Promise<AuthenticatedToken> {
    return this.judgeToken(credential, ip, 'now');
  }

  private async judgeKey(
    credential: string,
    ip: FindAddress,
    urgency: Urgency,
  ): Promise<Principal> {
    const form = this.settings.format.read(credential);
    assertRules(KEY_FORM_RULES, form);
    const keyId = form.keyId as string;
    const slot = this.slotToJudge(credential);
    const judging = this.lookup.matchKey(keyId, credential, urgency).then((match) => {
      const judge = (): Recognition => judgeKey(keyId, match, { settings: this.settings, ip });
      return this.remember('api_key', slot, match.reading, judge);
    });
    return newerOrUsable(judging, () => {
      const known = this.memory.recall('api_key', slot, 'usable');
      return known !== undefined && isUsableFrom(known, ip) ? principalOf(known) : undefined;
    });
  }

  private async judgeToken(
    credential: string,
    ip: FindAddress,
    urgency: Urgency,
  ): Promise<AuthenticatedToken> {
    const token = readToken(credential);
    const slot = this.slotToJudge(credential);
    const match = await this.lookup.matchSigner(token.signer, token, urgency);
    const judge = (): Recognition => judgeToken(token, match, { settings: this.settings, ip });
    const principal = this.remember('jwt', slot, match.reading, judge);
    return { principal, signingKey: (match.signer as Signer).signingKey };
  }

  /** @throws Refusal where the credential was refused a moment ago */
  private slotToJudge(credential: string): Slot {
    const slot = this.memory.slotOf(credential);
    const refusal = this.memory.recallRefusal(slot);
    if (refusal !== undefined) throw refusal;
    return slot;
  }

  /**
   * Remembers the outcome; a refusal is thrown on.
   *
   * @throws StoreUnavailableError where this process stood still since the reading
   */
  private remember(
    method: AuthenticationMethod,
    slot: Slot,
    reading: Reading,
    judge: () => Recognition,
  ): Principal {
    if (this.memory.isTooOld(reading))
      throw new StoreUnavailableError(new Error('What was read is too old'));
    try {
      const recognition = judge();
      this.memory.keep(method, slot, recognition);
      return principalOf(recognition);
    } catch (error) {
      this.memory.forget(method, slot, reading);
      if (error instanceof Refusal && !PASSING.has(error.reason))
        this.memory.keepRefusal(slot, error, reading);
      throw error;
    }
  }

  /** Judges while nobody waits. What goes wrong is found again by the request that has to wait. */
  private async renew(
    method: AuthenticationMethod,
    credential: string,
    slot: Slot,
    ip: FindAddress,
  ): Promise<void> {
    if (this.renewing.has(slot)) return;
    this.renewing.add(slot);
    const judging =
      method === 'jwt'
        ? this.judgeToken(credential, ip, 'soon')
        : this.judgeKey(credential, ip, 'soon');
    await judging.catch(() => undefined);
    this.renewing.delete(slot);
  }
}
