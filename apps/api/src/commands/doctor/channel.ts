import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { failed, ok, type Finding } from './check.js';
import { connectionTo } from './database.js';
import { TimeLimitError, within } from './time-limit.js';

const LIMIT = 2000;

/**
 * Whether what one connection notifies reaches another that listens: the way in which replicas learn of changes.
 *
 * @param url where replicas listen
 */
export async function checkChannel(url: string, speaker: pg.Client): Promise<Finding> {
  const channel = `clary_doctor_${randomBytes(6).toString('hex')}`;
  const listener = connectionTo(url);
  try {
    await listener.connect();
    const heard = new Promise((resolve) => listener.once('notification', resolve));
    await listener.query(`LISTEN ${channel}`);
    const start = performance.now();
    await speaker.query('SELECT pg_notify($1, $2)', [channel, '']);
    await within(LIMIT, heard);
    return ok(`a notice arrives after ${(performance.now() - start).toFixed(1)} ms`);
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error;
    return failed(
      'LISTEN hears nothing, and changes hold after ten seconds only: a transaction pooler is in the way.',
      'Let DATABASE_LISTEN_URL name the server itself, or a pooler in session mode.',
    );
  } finally {
    await within(LIMIT, listener.end()).catch(() => undefined);
  }
}
