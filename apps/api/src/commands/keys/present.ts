import { AuthSettings, type ApiKey, type IssuedApiKey } from '@clary/nestjs-auth';
import { ApiKeyPresenter } from '../../api-keys/api-key.presenter.js';
import { presentApiKey, type ApiKeyItem } from '../../api-keys/api-key.schema.js';
import { CommandError } from '../command.errors.js';
import type { OpenInstallation } from '../installation.js';
import type { Output } from '../output.js';
import { formatFields, type Cell } from '../table.js';

/** Writes one key, without its secret. */
export async function writeKey(
  output: Output,
  key: ApiKey,
  installation: Pick<OpenInstallation, 'get'>,
): Promise<void> {
  const item = await installation.get(ApiKeyPresenter).one(key);
  output.result(item, () => formatKey(item));
}

/**
 * Writes a key that was just made: itself, and beside it what a person wants to know of it.
 *
 * @throws CommandError when the key could not be written
 */
export async function writeIssued(
  output: Output,
  { key, record }: IssuedApiKey,
  installation: Pick<OpenInstallation, 'get'>,
): Promise<void> {
  const item = presentApiKey(record, installation.get(AuthSettings).format, null);
  output.note(`${formatKey(item)}\n\nThe key itself, shown this once and stored nowhere:`);
  try {
    await output.secret(key, { ...item, key });
  } catch (error) {
    throw new CommandError(
      `${record.id} is made, and could not be written (${(error as NodeJS.ErrnoException).code}): ` +
        'nobody has it. Revoke it, or rotate it to get another.',
    );
  }
}

function formatKey(item: ApiKeyItem): string {
  const { created_by: createdBy, ...rest } = item;
  const fields = { ...rest, created_by: createdBy?.key_id ?? null };
  return formatFields(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cellOf(value)])),
  );
}

function cellOf(value: unknown): Cell {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return value as Cell;
}
