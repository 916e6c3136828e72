import type { Machine } from '../machine.js';
import { alignColumns } from '../table.js';
import type { Channel } from './channels.js';
import { summarize, type KindLags } from './lags.js';

/** A whole run, as it is written to the JSON file. */
export interface RevocationReport {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly channel: Channel;
  readonly changes: number;
  readonly kinds: readonly KindLags[];
}

const COLUMNS = ['change', 'changes', 'p50', 'p90', 'p99', 'max'];

/** The report as a person reads it on a terminal. */
export function formatReport({ date, machine, channel, kinds }: RevocationReport): string {
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC, Node ${machine.node}`,
    `${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.platform}, load average ${machine.load.toFixed(1)} before the run`,
    `Three processes; channel: ${channel}`,
    '',
    'Milliseconds from the answer to a change until it held at all three, by key and by JWT',
    ...alignColumns([COLUMNS, ...kinds.map(row)]),
  ].join('\n');
}

function row({ kind, lags }: KindLags): string[] {
  const { p50, p90, p99, max } = summarize(lags);
  return [kind, String(lags.length), ...[p50, p90, p99, max].map((lag) => lag.toFixed(0))];
}
