import { AccountService, ApiKeyService } from '@clary/nestjs-auth';
import type { Replicas } from '../../support/replicas.js';
import { claims, mint } from '../../support/tokens.js';
import type { Call, Caller, Family, Target } from './attempt.js';

/** A caller, its account, another account, and the keys in them that calls are about. */
export class Scene {
  private readonly targets = new Map<string, string>();

  private constructor(
    private readonly api: Replicas,
    private readonly family: Family,
    private readonly ids: { readonly own: string; readonly foreign: string; readonly self: string },
    private readonly credential: string,
  ) {}

  static async open(api: Replicas, family: Family, caller: Caller): Promise<Scene> {
    const accounts = api.first.get(AccountService);
    const { tier = 'professional', foreignTier = 'professional', loweredTo } = family;
    const own = (await accounts.create({ name: 'Own', tier })).id;
    const foreign = (await accounts.create({ name: 'Foreign', tier: foreignTier })).id;
    const { key, record } = await api.issueKey({ ...caller.key, accountId: own });
    if (loweredTo !== undefined) await accounts.patch(own, { tier: loweredTo });
    const credential =
      caller.claims === undefined ? key : mint(key, lasting(caller.claims), { kid: record.id });
    return new Scene(api, family, { own, foreign, self: record.id }, credential);
  }

  /** Makes the key that a call is about, unless it is there already. Its id; empty without one. */
  async place(target: Target | undefined): Promise<string> {
    if (target === undefined) return '';
    const name = JSON.stringify(target);
    const id = this.targets.get(name) ?? (await this.make(target));
    this.targets.set(name, id);
    return id;
  }

  async send({ request, json, target }: Call): Promise<Response> {
    const ids = { ...this.ids, target: await this.place(target) };
    const fill = (text: string): string =>
      text.replace(/\{(own|foreign|self|target)\}/g, (_, name: keyof typeof ids) => ids[name]);
    const [method = '', path = ''] = request.split(' ');
    return this.api.request(method, fill(path), {
      credential: this.credential,
      ...(json !== undefined && { json: JSON.parse(fill(JSON.stringify(json))) as unknown }),
    });
  }

  private async make({ key, account, state }: Target): Promise<string> {
    const { loweredTo, tier = 'professional' } = this.family;
    const accounts = this.api.first.get(AccountService);
    const keys = this.api.first.get(ApiKeyService);
    const accountId = account === 'foreign' ? this.ids.foreign : this.ids.own;
    if (loweredTo !== undefined) await accounts.patch(accountId, { tier });
    const { id } = (await this.api.issueKey({ ...key, accountId })).record;
    if (loweredTo !== undefined) await accounts.patch(accountId, { tier: loweredTo });
    if (state === 'disabled') await keys.patch(id, { status: 'disabled' });
    if (state === 'revoked') await keys.revoke(id);
    return id;
  }
}

/** Good for as long as the attempts of one caller may take. */
function lasting(more: object): object {
  return claims('operator', { exp: Math.floor(Date.now() / 1000) + 3000, ...more });
}
