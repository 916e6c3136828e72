import type { Client, Target } from './target.js';

/** How much was done, and in what time. */
export interface Throughput {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * As many requests as the server answers: each connection sends its next one as soon as the last is answered.
 *
 * This process never sleeps meanwhile. Else the server would pay for waking it, many times what the guard costs, and the
 * oftener the slower the route is.
 *
 * @throws Error for the first answer that is not the one expected
 */
export function saturate(client: Client, target: Target, seconds: number): Promise<Throughput> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let requests = 0;
  let open = client.connections;
  const stayAwake = (): void => {
    if (open > 0) setImmediate(stayAwake);
  };
  stayAwake();
  return new Promise((resolve, reject) => {
    const onAnswer = (error: Error | null): void => {
      if (error !== null) reject(error);
      else requests += 1;
      const now = performance.now();
      if (error === null && now < end) client.send(target, onAnswer);
      else open -= 1;
      // The time up to the last answer, since what was sent before the end counts too.
      if (open === 0) resolve({ requests, seconds: (now - start) / 1000 });
    };
    for (let count = 0; count < client.connections; count += 1) client.send(target, onAnswer);
  });
}
