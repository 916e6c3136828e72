import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreGate } from './store-gate.js';
import { StoreUnavailableError } from './store-unavailable.error.js';

const DEADLINE = 1500;
const SOON = 250;
const PAUSE = 250;

let gate: StoreGate;

beforeEach(() => {
  vi.useFakeTimers();
  gate = new StoreGate();
});

afterEach(() => {
  vi.useRealTimers();
});

const broken = new Error('Connection terminated');

/** A question whose end the test decides. */
class Question {
  asked = 0;
  private settle: { resolve: (answer: string) => void; reject: (error: unknown) => void }[] = [];

  readonly ask = (): Promise<string> => {
    this.asked += 1;
    return new Promise((resolve, reject) => this.settle.push({ resolve, reject }));
  };

  async answer(answer = 'answer'): Promise<void> {
    this.settle.shift()?.resolve(answer);
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(): Promise<void> {
    this.settle.shift()?.reject(broken);
    await vi.advanceTimersByTimeAsync(0);
  }
}

/** How the asking ends, as a word; `pending` until then. */
function follow(asking: Promise<string>): { outcome: unknown } {
  const followed: { outcome: unknown } = { outcome: 'pending' };
  asking.then(
    (answer) => (followed.outcome = answer),
    (error: unknown) => (followed.outcome = error),
  );
  return followed;
}

/** The database goes away. */
async function goAway(): Promise<void> {
  const failing = follow(gate.ask(() => Promise.reject(broken)));
  await vi.advanceTimersByTimeAsync(0);
  expect(failing.outcome).toBeInstanceOf(StoreUnavailableError);
}

describe('a question to the database', () => {
  it('is answered, and asked once', async () => {
    const question = new Question();
    const asking = follow(gate.ask(question.ask));
    await question.answer('found');
    expect([asking.outcome, question.asked]).toEqual(['found', 1]);
    expect(gate.closed).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is asked once more where it failed at once: its connection may have been cut meanwhile', async () => {
    const question = new Question();
    const asking = follow(gate.ask(question.ask));
    await vi.advanceTimersByTimeAsync(SOON);
    await question.fail();
    expect([asking.outcome, question.asked]).toEqual(['pending', 2]);
    await question.answer();
    expect(asking.outcome).toBe('answer');
    expect(gate.closed).toBeNull();
  });

  it('is asked twice at most, and says why there is no answer', async () => {
    const question = new Question();
    const asking = follow(gate.ask(question.ask));
    await question.fail();
    await question.fail();
    expect(question.asked).toBe(2);
    expect(asking.outcome).toBeInstanceOf(StoreUnavailableError);
    expect((asking.outcome as StoreUnavailableError).cause).toBe(broken);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not asked again where it took long to fail', async () => {
    const question = new Question();
    const asking = follow(gate.ask(question.ask));
    await vi.advanceTimersByTimeAsync(SOON + 1);
    await question.fail();
    expect(asking.outcome).toBeInstanceOf(StoreUnavailableError);
    expect(question.asked).toBe(1);
  });

  it('that is thrown instead of asked fails like any other', async () => {
    const asking = follow(
      gate.ask(() => {
        throw broken;
      }),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect((asking.outcome as StoreUnavailableError).cause).toBe(broken);
  });

  it.each(['the first', 'the second'])('ends at its deadline where %s hangs', async (which) => {
    const question = new Question();
    const asking = follow(gate.ask(question.ask));
    await vi.advanceTimersByTimeAsync(SOON);
    if (which === 'the second') await question.fail();
    await vi.advanceTimersByTimeAsync(DEADLINE - SOON - 1);
    expect(asking.outcome).toBe('pending');
    // The deadline, and one round more in which an answer that is there already is read.
    await vi.advanceTimersByTimeAsync(2);
    expect(asking.outcome).toBeInstanceOf(StoreUnavailableError);
    // What comes too late changes nothing.
    await question.answer();
    expect(asking.outcome).toBeInstanceOf(StoreUnavailableError);
    expect(gate.closed).toBeInstanceOf(StoreUnavailableError);
  });
});

describe('while the database is away', () => {
  it('nothing is asked for a moment, and everybody is told at once and why', async () => {
    await goAway();
    await vi.advanceTimersByTimeAsync(PAUSE - 1);
    const question = new Question();
    await expect(gate.ask(question.ask)).rejects.toMatchObject({ cause: broken });
    expect(question.asked).toBe(0);
    expect(gate.closed?.cause).toBe(broken);
    await vi.advanceTimersByTimeAsync(1);
    expect(gate.closed).toBeNull();
  });

  it('one question at a time finds out whether it is back', async () => {
    await goAway();
    await vi.advanceTimersByTimeAsync(PAUSE);
    const [probe, other] = [new Question(), new Question()];
    const probing = follow(gate.ask(probe.ask));
    await vi.advanceTimersByTimeAsync(DEADLINE - 1);
    await expect(gate.ask(other.ask)).rejects.toThrow(StoreUnavailableError);
    expect([probe.asked, other.asked]).toEqual([1, 0]);
    await probe.answer();
    expect(probing.outcome).toBe('answer');
  });

  it('each failure begins the pause again', async () => {
    await goAway();
    await vi.advanceTimersByTimeAsync(PAUSE);
    await goAway();
    expect(gate.closed).toBeInstanceOf(StoreUnavailableError);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(gate.closed).toBeNull();
  });

  it('an answer opens the way for everybody', async () => {
    await goAway();
    await vi.advanceTimersByTimeAsync(PAUSE);
    await gate.ask(() => Promise.resolve('back'));
    const questions = [new Question(), new Question(), new Question()];
    for (const { ask } of questions) void gate.ask(ask);
    expect(questions.map(({ asked }) => asked)).toEqual([1, 1, 1]);
  });

  it('questions that were under way before count as well: the answer of one opens', async () => {
    const slow = new Question();
    const asking = follow(gate.ask(slow.ask));
    await goAway();
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(gate.closed).toBeInstanceOf(StoreUnavailableError);
    await slow.answer();
    expect(asking.outcome).toBe('answer');
    expect(gate.closed).toBeNull();
  });
});
