import { once } from 'node:events';
import { createServer } from 'node:net';

import { describe, expect, it } from 'vitest';

import { choosePort } from './port.js';

describe('a port', () => {
  it('is kept while it is free, and replaced when it is taken', async () => {
    const port = await choosePort();
    expect(await choosePort(port)).toBe(port);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await choosePort(port)).not.toBe(port);
    } finally {
      server.close();
    }
  });

  it('lies below those that systems give to outgoing connections', async () => {
    const port = await choosePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(30_000);
  });
});
