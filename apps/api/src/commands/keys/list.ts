import { ApiKeyDirectory } from '@clary/nestjs-auth';
import { ApiKeyPresenter } from '../../api-keys/api-key.presenter.js';
import { toFilter } from '../../api-keys/api-key.mapping.js';
import { listApiKeys } from '../../api-keys/api-key.requests.js';
import type { ApiKeyItem } from '../../api-keys/api-key.schema.js';
import { toPage } from '../../http/pagination.js';
import { checked } from '../arguments.js';
import type { CommandDefinition } from '../command-line.js';
import { withPaging, writePage, type Paging } from '../paging.js';

interface ListOptions extends Paging {
  readonly account?: string;
  readonly status?: string;
  readonly environment?: string;
  readonly expiringWithin?: string;
}

const HEADINGS = [
  'ID',
  'NAME',
  'ACCOUNT',
  'ENVIRONMENT',
  'TIER',
  'STATUS',
  'EXPIRES',
  'LAST USED',
  'PERMISSIONS',
];

/** `keys list` */
export const listKeys: CommandDefinition = (parent, cli) => {
  const command = parent
    .command('list')
    .description('List keys, newest first.')
    .option('--account <id>', 'acct_…: only those of one account')
    .option('--status <status>', 'only active, disabled, expired or revoked ones')
    .option('--environment <name>', 'only those of one environment')
    .option('--expiring-within <span>', 'only those that expire within this time, such as 7d');
  withPaging(command)
    .addHelpText(
      'after',
      "\nExample:\n  clary keys list --expiring-within 30d --json | jq -r '.data[].id'",
    )
    .action(async ({ account, expiringWithin, ...options }: ListOptions) => {
      const query = checked(listApiKeys, {
        ...options,
        expiring_within: expiringWithin,
        account_id: account,
      });
      await cli.withInstallation(async (installation) => {
        const filter = toFilter(query, account, new Date());
        const [keys, total] = await installation.get(ApiKeyDirectory).list(filter);
        const items = await installation.get(ApiKeyPresenter).all(keys);
        writePage(cli.output, toPage(items, total, query), HEADINGS, row);
      });
    });
};

const row = (item: ApiKeyItem) => [
  item.id,
  item.name,
  item.account_id,
  item.environment,
  item.tier,
  item.status,
  item.expires_at,
  item.last_used_at,
  item.permissions.join(', '),
];
