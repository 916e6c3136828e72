import { describe, expect, it } from 'vitest';
import { batchOf } from './usage-batch.js';
import type { UsageLine, UsageOutcome } from './usage-line.js';

const line = (
  keyId: string,
  outcome: UsageOutcome,
  lastAt: number,
  permissions: string[] = ['x:read'],
): UsageLine => ({
  hour: new Date(0),
  keyId,
  route: { template: 'GET /x', permissions },
  outcome,
  count: 1,
  lastAt,
});

describe('a batch', () => {
  it('says when each key was last recognised: by everything but what was unauthorized', () => {
    const { keyUses } = batchOf(
      [
        line('key_a', 'forbidden', 3),
        line('key_a', 'allowed', 2),
        line('key_a', 'unauthorized', 9),
        line('key_b', 'rate_limited', 4),
        line('key_c', 'unauthorized', 5),
      ],
      [],
    );
    expect([...keyUses]).toEqual([
      ['key_a', 3],
      ['key_b', 4],
    ]);
  });

  it('says once which permissions each key had need of, by what was allowed and what was noted', () => {
    const { permissionUses } = batchOf(
      [
        line('key_a', 'allowed', 1, ['x:read', 'x:write']),
        line('key_a', 'allowed', 3),
        line('key_a', 'forbidden', 4, ['x:delete']),
        line('key_b', 'allowed', 5, []),
      ],
      [
        { keyId: 'key_a', permission: 'admin', lastAt: 2 },
        { keyId: 'key_a', permission: 'x:write', lastAt: 0 },
      ],
    );
    expect(permissionUses).toEqual([
      { keyId: 'key_a', permission: 'x:read', lastAt: 3 },
      { keyId: 'key_a', permission: 'x:write', lastAt: 1 },
      { keyId: 'key_a', permission: 'admin', lastAt: 2 },
    ]);
  });
});
