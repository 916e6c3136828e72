import { Injectable } from '@nestjs/common';
import { withinLimit } from '../time-limit.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

/** Milliseconds that a question may take: a client must have its answer within 2 s. */
export const DEADLINE = 1500;

/** Milliseconds within which a failure is a connection that broke meanwhile, and another one is worth a try. */
const SOON = 250;

/** Milliseconds after a failure, in which nothing is asked. */
const PAUSE = 250;

/** A failure that has not been followed by an answer. */
interface Outage {
  readonly cause: unknown;
  /** Milliseconds of `performance.now()`. */
  readonly pauseEnds: number;
}

/**
 * Stands before the questions that authentication asks the database. Each has an end, and is asked once more where it
 * failed at once. While the database is away, one question at a time finds out whether it is back, and everybody else
 * is told at once: nobody waits in a queue that only grows.
 */
@Injectable()
export class StoreGate {
  private outage: Outage | null = null;
  private asking = 0;
  private answered = -Infinity;

  /** Why nothing can be asked at this moment; null where it can. */
  get closed(): StoreUnavailableError | null {
    const { outage } = this;
    if (outage === null) return null;
    const isWaiting = this.asking > 0 || performance.now() < outage.pauseEnds;
    return isWaiting ? new StoreUnavailableError(outage.cause) : null;
  }

  /**
   * Asks.
   *
   * @param question asked twice where the first one fails at once
   * @throws StoreUnavailableError when there is no answer, whatever the reason
   */
  async ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    const { closed } = this;
    if (closed !== null) throw closed;
    this.asking += 1;
    const began = performance.now();
    try {
      const answer = await withinLimit(DEADLINE, twice(question), 'The database did not answer');
      this.outage = null;
      this.answered = performance.now();
      return answer;
    } catch (cause) {
      // A later one was answered: this one tells of what is over.
      if (began > this.answered) this.outage = { cause, pauseEnds: performance.now() + PAUSE };
      throw new StoreUnavailableError(cause);
    } finally {
      this.asking -= 1;
    }
  }
}

async function twice<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  const started = performance.now();
  try {
    return await question();
  } catch (error) {
    if (performance.now() - started > SOON) throw error;
    return question();
  }
}
