import { parseArgs } from 'node:util';
import type { Kind } from '../../support/revocation/change.js';
import { kinds } from '../../support/revocation/kinds.js';
import { CHANNELS, type Channel } from './channels.js';

/** What a run is asked to do. */
export interface RevocationOptions {
  /** Of every kind. */
  readonly changes: number;
  readonly channel: Channel;
  readonly kinds: readonly Kind[];
  /** File for every single lag. */
  readonly json: string | undefined;
}

export const USAGE = `npm run bench:revocation -- [options]
  --changes <n>     changes of every kind (200; 20 without a channel)
  --channel <name>  ${CHANNELS.join(', ')} (open)
  --only <kind>     one kind of change; may be given several times
  --json <file>     writes every single lag
Kinds: ${kinds.map(({ name }) => name).join('; ')}
DATABASE_URL names a PostgreSQL server to use instead of an embedded one. Ends with 1 where the promise is broken.`;

/** @throws Error that says which argument is wrong */
export function readOptions(args: readonly string[]): RevocationOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      changes: { type: 'string' },
      channel: { type: 'string', default: 'open' },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  });
  const channel = CHANNELS.find((name) => name === values.channel);
  if (channel === undefined)
    throw new RangeError(`--channel must be one of ${CHANNELS.join(', ')}`);
  const changes = Number(values.changes ?? (channel === 'open' ? 200 : 20));
  if (!(Number.isInteger(changes) && changes > 0))
    throw new RangeError('--changes must be a positive whole number');
  return { changes, channel, kinds: choose(values.only), json: values.json };
}

function choose(names: readonly string[] | undefined): readonly Kind[] {
  if (names === undefined) return kinds;
  const unknown = names.find((name) => kinds.every((kind) => kind.name !== name));
  if (unknown !== undefined) throw new RangeError(`--only: there is no kind "${unknown}"`);
  return kinds.filter(({ name }) => names.includes(name));
}
