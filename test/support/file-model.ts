import { AccountService, type DesiredKey } from '@clary/nestjs-auth';
import fc from 'fast-check';
import type { TestApi } from './api.js';
import { call } from './json-client.js';
import type { FileAccount, OperatorFile } from './operator-file.js';

/** How many keys there are of each source: those of the file, and those made over the API. */
const OF_EACH = 3;

/** What a file says of one of its keys. */
interface Said {
  readonly name: string;
  readonly rateLimit: number | null;
  readonly status: 'active' | 'disabled' | undefined;
  /** Whether the key ends in a hundred years, or never. */
  readonly ends: boolean;
}

/** Something that happens. `key` is a position: first the file's own keys, then the others. */
export type Step =
  /** The file of the next revision; a key of which nothing is said is not in it. */
  | { readonly kind: 'file'; readonly says: readonly (Said | null)[] }
  /** The same file again. */
  | { readonly kind: 'reload' }
  | { readonly kind: 'patch'; readonly key: number; readonly name: string }
  | { readonly kind: 'disable' | 'revoke' | 'rotate'; readonly key: number };

const name = fc.constantFrom('A', 'B', 'C');
const said: fc.Arbitrary<Said> = fc.record({
  name,
  rateLimit: fc.constantFrom(null, 7),
  status: fc.constantFrom('active', 'disabled', undefined),
  ends: fc.boolean(),
});
const key = fc.nat({ max: 2 * OF_EACH - 1 });

/** A sequence of steps, mostly files. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('file' as const),
        says: fc.array(fc.option(said, { freq: 4 }), { minLength: OF_EACH, maxLength: OF_EACH }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reload' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('patch' as const), key, name }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('disable' as const, 'revoke' as const, 'rotate' as const),
        key,
      }),
    },
  ),
  { minLength: 5, maxLength: 25 },
);

/** A key as the model knows it. */
interface ModelKey {
  name: string;
  rateLimit: number | null;
  disabled: boolean;
  revoked: boolean;
  /** By a rotation without grace: it has ended, and no file prolongs it. */
  replaced: boolean;
  ends: boolean;
}

const FAR = new Date('2126-01-01T00:00:00.000Z');

const applySaid = (known: ModelKey | undefined, said: Said): ModelKey => ({
  name: said.name,
  rateLimit: said.rateLimit,
  disabled: said.status === undefined ? known?.disabled === true : said.status === 'disabled',
  revoked: false,
  replaced: known?.replaced === true,
  ends: said.ends || known?.replaced === true,
});

/** One account with its keys, in the model and in the API. */
export class FileWorld {
  private readonly model = new Map<string, ModelKey>();
  private says: readonly (Said | null)[] = Array.from({ length: OF_EACH }, () => null);

  private constructor(
    private readonly api: TestApi,
    private readonly file: OperatorFile,
    private readonly nextRevision: () => number,
    private readonly account: FileAccount,
    private readonly entries: readonly DesiredKey[],
    private readonly others: readonly string[],
  ) {
    const fresh = {
      rateLimit: null,
      disabled: false,
      revoked: false,
      replaced: false,
      ends: false,
    };
    for (const id of others) this.model.set(id, { name: 'Test', ...fresh });
  }

  /** @param nextRevision higher than any before, of this world and others */
  static async create(
    api: TestApi,
    file: OperatorFile,
    nextRevision: () => number,
  ): Promise<FileWorld> {
    const tier = 'professional';
    const { id } = await api.get(AccountService).create({ name: 'Account', tier });
    const account = { id, name: 'Account', tier };
    const made = Array.from({ length: OF_EACH }, () => file.key(account));
    made.forEach((generated) => api.knowKey(generated.key));
    const others: string[] = [];
    for (let count = 0; count < OF_EACH; count += 1)
      others.push((await api.issueKey({ accountId: id })).record.id);
    const entries = made.map(({ entry }) => entry);
    return new FileWorld(api, file, nextRevision, account, entries, others);
  }

  /** Takes a step in both, and in the model as the rules say. */
  async take(step: Step): Promise<void> {
    if (step.kind === 'file') this.write(step.says);
    if (step.kind === 'file' || step.kind === 'reload') {
      await this.api.reload();
      this.reconcile();
    } else await this.change(step);
  }

  /** Every key that is told of, as the rules say. */
  expected(): Record<string, ModelKey> {
    return Object.fromEntries(this.model);
  }

  /** The same as it is stored. */
  async stored(): Promise<Record<string, ModelKey>> {
    const rows = await this.api.database.query<ModelKey & { id: string }>(
      `SELECT id, name, rate_limit AS "rateLimit", disabled_at IS NOT NULL AS disabled,
         revoked_at IS NOT NULL AS revoked, rotated_to IS NOT NULL AS replaced,
         expires_at IS NOT NULL AS ends
       FROM auth_api_keys WHERE account_id = $1 AND rotated_from IS NULL`,
      [this.account.id],
    );
    return Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
  }

  private write(says: readonly (Said | null)[]): void {
    this.says = says;
    const keys = this.entries.flatMap((entry, index) => {
      const one = says[index] ?? null;
      if (one === null) return [];
      const { ends, ...members } = one;
      return [{ ...entry, ...members, expiresAt: ends ? FAR : null }];
    });
    this.file.write({ revision: this.nextRevision(), accounts: [this.account], keys });
  }

  private reconcile(): void {
    this.entries.forEach(({ id }, index) => {
      const known = this.model.get(id);
      const one = this.says[index] ?? null;
      if (known?.revoked === true) return;
      if (one !== null) this.model.set(id, applySaid(known, one));
      else if (known !== undefined) known.revoked = true;
    });
  }

  /** A change over the API; what the API refuses changes nothing in either. */
  private async change(step: Exclude<Step, { kind: 'file' | 'reload' }>): Promise<void> {
    const id = this.entries[step.key]?.id ?? this.others[step.key - OF_EACH] ?? '';
    const known = this.model.get(id);
    const { status } = await this.request(step, id);
    if (known === undefined || status >= 400) return;
    if (step.kind === 'patch') known.name = step.name;
    if (step.kind === 'disable') known.disabled = true;
    if (step.kind === 'revoke') known.revoked = true;
    if (step.kind === 'rotate') Object.assign(known, { replaced: true, ends: true });
  }

  private request(step: Exclude<Step, { kind: 'file' | 'reload' }>, id: string) {
    const path = `/v1/api-keys/${id}`;
    const send = (method: string, to: string, json?: object) =>
      call(this.api, this.api.adminKey, method, to, json && { json });
    if (step.kind === 'patch') return send('PATCH', path, { name: step.name });
    if (step.kind === 'disable') return send('PATCH', path, { status: 'disabled' });
    if (step.kind === 'revoke') return send('DELETE', path);
    return send('POST', `${path}/rotate`, { grace_period_seconds: 0 });
  }
}
