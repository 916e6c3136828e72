import { AuthSettings, type ApiKey, type IssuedApiKey } from '@clary/nestjs-auth';
import { presentApiKey, type ApiKeyItem } from '../../api-keys/api-key.schema.js';
import { CommandError } from '../command.errors.js';
import type { OpenInstallation } from '../installation.js';
import type { Output } from '../output.js';
import { formatFields, type Cell } from '../table.js';

/** A key as the API shows it. */
export function toItem(key: ApiKey, installation: Pick<OpenInstallation, 'get'>): ApiKeyItem {
  return presentApiKey(key, installation.get(AuthSettings).format);
}

/** Writes one key, without its secret. */
export function writeKey(output: Output, item: ApiKeyItem): void {
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
  const item = toItem(record, installation);
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
