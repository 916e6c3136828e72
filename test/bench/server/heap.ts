import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Reply } from './messages.js';

/** The memory of this process; with everything collected that nobody holds, where that is asked. */
export function measureHeap(collected: boolean): Extract<Reply, { name: 'heap' }> {
  if (collected) {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { name: 'heap', used: heapUsed, resident: rss };
}
