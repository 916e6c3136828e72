import { AccountService } from '@clary/nestjs-auth';
import {
  listAccounts as schema,
  presentAccount,
  type AccountItem,
} from '../../accounts/account.schema.js';
import { toPage } from '../../http/pagination.js';
import { checked } from '../arguments.js';
import type { CommandDefinition } from '../command-line.js';
import { withPaging, writePage, type Paging } from '../paging.js';

/** `accounts list` */
export const listAccounts: CommandDefinition = (parent, cli) => {
  withPaging(parent.command('list').description('List accounts, newest first.')).action(
    async (options: Paging) => {
      const query = checked(schema, options);
      await cli.withInstallation(async (installation) => {
        const [accounts, total] = await installation.get(AccountService).list(query);
        const page = toPage(accounts.map(presentAccount), total, query);
        writePage(cli.output, page, ['ID', 'NAME', 'TIER', 'STATUS', 'CREATED'], row);
      });
    },
  );
};

const row = ({ id, name, tier, status, created_at }: AccountItem) => [
  id,
  name,
  tier,
  status,
  created_at,
];
