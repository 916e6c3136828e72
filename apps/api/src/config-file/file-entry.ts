import type { DesiredKey } from '@clary/nestjs-auth';
import { stringify } from 'yaml';
import { toFileKey } from './desired-state.mapping.js';

/** A key as an entry of the list `keys:` of a configuration file, to be pasted there. Holds nothing of the key itself. */
export function fileEntryOf(key: DesiredKey): string {
  // Lines are not folded: a base64 that runs over two lines is easily copied wrong.
  const text = stringify([toFileKey(key)], { lineWidth: 0 });
  return text.replace(/^(?=.)/gm, '  ');
}
