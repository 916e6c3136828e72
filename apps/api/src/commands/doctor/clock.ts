import type pg from 'pg';
import { failed, ok, warning, type Finding } from './check.js';

const NOTICEABLE = 5;
/** Seconds by which times in a JWT may be off. */
const LEEWAY = 30;

/** The database's clock against this machine's. */
export async function checkClock(client: pg.Client): Promise<Finding> {
  const start = Date.now();
  const { rows } = await client.query<{ now: string }>(
    'SELECT extract(epoch FROM clock_timestamp())::text AS now',
  );
  // Read somewhere between question and answer.
  const middle = (start + Date.now()) / 2000;
  return judgeClock(Number(rows[0]?.now) - middle);
}

/** @param seconds by which the database is ahead */
export function judgeClock(seconds: number): Finding {
  const off = Math.abs(seconds);
  if (off <= NOTICEABLE) return ok(`off by ${off.toFixed(1)} s`);
  const message = `The clocks of the database and of this machine are ${Math.round(off)} s apart`;
  const remedy = 'Set both by NTP.';
  return off > LEEWAY
    ? failed(`${message}, more than JWTs are forgiven (${LEEWAY} s).`, remedy)
    : warning(`${message}.`, remedy);
}
