import { z } from 'zod';

const component = z
  .enum(['ok', 'degraded', 'unavailable', 'off'])
  .meta({ description: '`off`: the installation runs without this part.', examples: ['ok'] });

/** Whether the process answers. */
export const liveness = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Liveness', description: 'The process answers.' });

/** Names of the parts and how they are; nothing that helps an attacker. */
export const health = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'unavailable']).meta({
      description: '`degraded`: requests are served, though a part is missing.',
      examples: ['ok'],
    }),
    components: z
      .strictObject({
        database: component,
        cache_channel: component,
        rate_limit: component,
        queue: component,
      })
      .meta({ description: 'How each part is.' }),
  })
  .meta({ id: 'Health', description: 'Whether requests can be served, and how the parts are.' });

/** Whether the process answers. */
export type Liveness = z.infer<typeof liveness>;

/** Names of the parts and how they are. */
export type Health = z.infer<typeof health>;
