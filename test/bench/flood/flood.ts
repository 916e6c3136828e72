import type { Client, Target } from '../load/target.js';

/**
 * Sends so many requests and no more, as fast as they are answered.
 *
 * @throws Error for the first answer that is not the one expected
 */
export function flood(client: Client, target: Target, count: number): Promise<void> {
  let left = count;
  let open = Math.min(client.connections, count);
  return new Promise((resolve, reject) => {
    const next = (): void => {
      if (left > 0) {
        left -= 1;
        client.send(target, onAnswer);
      } else if ((open -= 1) === 0) resolve();
    };
    const onAnswer = (error: Error | null): void => {
      if (error === null) next();
      else {
        left = 0;
        reject(error);
      }
    };
    for (let connection = open; connection > 0; connection -= 1) next();
  });
}
