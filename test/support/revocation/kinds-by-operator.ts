import { rename, writeFile } from 'node:fs/promises';
import { credentialsOf } from '../processes/credentials.js';
import type { Installation } from '../processes/installation.js';
import { until } from '../processes/pause.js';
import {
  admitted,
  both,
  refused,
  withOnly,
  type Change,
  type Expectation,
  type Kind,
} from './change.js';

/** More than a notice names one by one. */
const MANY = 150;

/** Milliseconds that a process may take to apply its file. */
const APPLY_LIMIT = 10_000;

type Work = (installation: Installation, keyId: string, accountId: string) => Promise<unknown>;

function kind(name: string, make: Work, after: Expectation = refused): Kind {
  const prepare = async (installation: Installation): Promise<Change> => {
    const credentials = await installation.makeKey();
    const { keyId, accountId } = credentials;
    return {
      credentials,
      before: admitted,
      after: both(after),
      make: () => make(installation, keyId, accountId),
    };
  };
  return { name, prepare };
}

/** Changes by the real command line. */
export const kindsByCommand: readonly Kind[] = [
  kind('command: keys revoke', (clary, key) => clary.command('keys', 'revoke', key)),
  kind('command: keys update', (clary, key) =>
    clary.command('keys', 'update', key, '--status', 'disabled'),
  ),
  kind('command: accounts update', (clary, _, account) =>
    clary.command('accounts', 'update', account, '--status', 'suspended'),
  ),
];

const KEY = 'UPDATE auth_api_keys SET';

/** Rows like that of a key, under other ids. */
const COPIES = `INSERT INTO auth_api_keys SELECT (jsonb_populate_record(k, jsonb_build_object('id', 'key_' || substr(md5(random()::text), 1, 16)))).*
  FROM auth_api_keys k, generate_series(1, ${MANY}) WHERE k.id = $1`;

const manyKeys: Kind = {
  name: `SQL: ${MANY + 1} keys disabled at once`,
  prepare: async (installation) => {
    const credentials = await installation.makeKey();
    await installation.sql(COPIES, [credentials.keyId]);
    const disable = `${KEY} disabled_at = now() WHERE account_id = $1`;
    const make = () => installation.sql(disable, [credentials.accountId]);
    return { credentials, before: admitted, after: both(refused), make };
  },
};

/** Changes by hand. */
export const kindsBySql: readonly Kind[] = [
  kind('SQL: UPDATE of a key', (clary, key) =>
    clary.sql(`${KEY} revoked_at = now() WHERE id = $1`, [key]),
  ),
  kind(
    'SQL: UPDATE of permissions',
    (clary, key) => clary.sql(`${KEY} permissions = ARRAY['usage:read'] WHERE id = $1`, [key]),
    withOnly('usage:read'),
  ),
  kind('SQL: DELETE of a key', (clary, key) =>
    clary.sql('DELETE FROM auth_api_keys WHERE id = $1', [key]),
  ),
  kind('SQL: UPDATE of an account', (clary, _, account) =>
    clary.sql(`UPDATE auth_accounts SET status = 'suspended' WHERE id = $1`, [account]),
  ),
  manyKeys,
];

/** What the command line prints of a key for the file. */
interface Generated {
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** The configuration file of an installation, which all its processes are started with. */
class OperatorsFile {
  private revision = 1;
  private readonly entries = new Map<string, Generated['entry']>();
  private readonly account = `acct_${'a'.repeat(16)}`;

  constructor(private readonly installation: Installation) {}

  /** Makes a key that the file names and the database knows. */
  async addKey(): Promise<Change['credentials']> {
    const options = [
      '--account',
      this.account,
      '--name',
      'File',
      '--permissions',
      'documents:read',
    ];
    const made = await this.installation.command('keys', 'generate', ...options, '--json');
    const { key, entry } = JSON.parse(made) as Generated;
    this.installation.keys.add(key);
    await this.apply({ ...entry });
    return credentialsOf(key, this.account);
  }

  /** Writes the file with an entry as given, and has the first process apply it. */
  async apply(entry: Generated['entry']): Promise<void> {
    this.entries.set(entry.id, { ...this.entries.get(entry.id), ...entry });
    await this.reload();
  }

  async remove(keyId: string): Promise<void> {
    this.entries.delete(keyId);
    await this.reload();
  }

  private async reload(): Promise<void> {
    const { first, configFile } = this.installation;
    const revision = ++this.revision;
    const accounts = [{ id: this.account, name: 'File', tier: 'professional' }];
    const content = { revision, accounts, keys: [...this.entries.values()] };
    // JSON is YAML. Never half a file, however many are written at once.
    await writeFile(`${configFile}.${revision}`, JSON.stringify(content));
    await rename(`${configFile}.${revision}`, configFile);
    first.reload();
    await until(`revision ${revision} is applied`, APPLY_LIMIT, () =>
      first.log.some((line) => revisionOf(line) >= revision),
    );
  }
}

function revisionOf(line: string): number {
  return Number(/"revision":(\d+)/.exec(line)?.[1] ?? 0);
}

const files = new WeakMap<Installation, OperatorsFile>();

function fileOf(installation: Installation): OperatorsFile {
  const file = files.get(installation) ?? new OperatorsFile(installation);
  files.set(installation, file);
  return file;
}

function kindByFile(
  name: string,
  make: (file: OperatorsFile, id: string) => Promise<void>,
  after: Expectation,
): Kind {
  const prepare = async (installation: Installation): Promise<Change> => {
    const file = fileOf(installation);
    const credentials = await file.addKey();
    return {
      credentials,
      before: withOnly('documents:read'),
      after: both(after),
      make: () => make(file, credentials.keyId),
    };
  };
  return { name, prepare };
}

/** Changes of the configuration file, applied by SIGHUP to one process. */
export const kindsByFile: readonly Kind[] = [
  kindByFile(
    'file: permissions',
    (file, id) => file.apply({ id, permissions: ['usage:read'] }),
    withOnly('usage:read'),
  ),
  kindByFile('file: key gone from it', (file, id) => file.remove(id), refused),
];
