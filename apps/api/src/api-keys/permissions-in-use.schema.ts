import type { ApiKey, PermissionsInUse } from '@clary/nestjs-auth';
import { z } from 'zod';
import { identifier, timestamp } from '../http/shapes.js';

const names = z.array(z.string());

/** What a key may do, and what of that it does. */
export const permissionsInUse = z
  .strictObject({
    key_id: identifier('key').meta({ description: 'The public id of the key.' }),
    since: timestamp.meta({
      description: 'How far back was looked: 30 days, or to when the key was made.',
    }),
    granted: names.meta({
      description: 'What the key is granted, wildcards included.',
      examples: [['documents:*', 'usage:read']],
    }),
    used: z
      .array(
        z.strictObject({
          permission: z
            .string()
            .meta({ description: 'A name, never a wildcard.', examples: ['documents:read'] }),
          last_used_at: timestamp.meta({ description: 'When the key last had need of it.' }),
        }),
      )
      .meta({ description: 'What the key had need of, by itself or by a JWT, to be let in.' }),
    unused: names.meta({
      description: 'What the key is granted and had no need of, by name.',
      examples: [['documents:write', 'documents:delete', 'usage:read']],
    }),
    suggested: names.meta({
      description:
        'All that was used and is granted, and nothing else: the `permissions` of a PATCH that takes away what the key can do without.',
      examples: [['documents:read']],
    }),
  })
  .meta({ id: 'PermissionsInUse', description: 'What a key may do, and what of that it does.' });

/** What a key may do, and what of that it does, as it is shown. */
export type PermissionsInUseItem = z.infer<typeof permissionsInUse>;

/** The same in the words of the API. */
export function presentPermissionsInUse(
  { id }: Pick<ApiKey, 'id'>,
  { since, granted, used, unused, suggested }: PermissionsInUse,
): PermissionsInUseItem {
  return {
    key_id: id,
    since: since.toISOString(),
    granted: [...granted],
    used: used.map(({ permission, lastUsedAt }) => ({
      permission,
      last_used_at: lastUsedAt.toISOString(),
    })),
    unused: [...unused],
    suggested: [...suggested],
  };
}
