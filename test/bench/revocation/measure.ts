import type { Kind } from '../../support/revocation/change.js';
import { observe, type Watch } from '../../support/revocation/observe.js';
import type { Installation } from '../../support/processes/installation.js';
import type { Channel } from './channels.js';
import { PROMISE, type KindLags } from './lags.js';

/** Milliseconds after which a change counts as never. */
const LIMIT = PROMISE.max + 2000;

/** One change after another: 5 ms is how exactly a lag is known. */
const CLOSELY: Watch = { interval: 5, settle: 100, limit: LIMIT };

/** Many at once, which may each take ten seconds. */
const FROM_AFAR: Watch = { interval: 250, settle: 750, limit: LIMIT };

/** How many are watched at a time where there is no channel. */
const AT_ONCE = 20;

/** Makes so many changes of one kind, and watches each at every process. */
export async function measureKind(
  installation: Installation,
  kind: Kind,
  { changes, channel }: { readonly changes: number; readonly channel: Channel },
): Promise<KindLags> {
  const isOpen = channel === 'open';
  const lags: number[] = [];
  let left = changes;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const seen = await observe(installation, kind, isOpen ? CLOSELY : FROM_AFAR);
      // From afar, the first request that shows the new state says little: the last that shows the old one counts.
      const late = seen.map(({ heldFrom, shownUntil }) =>
        isOpen || heldFrom === Infinity ? heldFrom : Math.max(0, shownUntil),
      );
      lags.push(Math.max(...late));
    }
  };
  await Promise.all(Array.from({ length: isOpen ? 1 : AT_ONCE }, work));
  return { kind: kind.name, lags };
}
