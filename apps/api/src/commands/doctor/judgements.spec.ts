import { MasterKeyRing } from '@clary/nestjs-auth';
import { describe, expect, it } from 'vitest';
import { judgeClock } from './clock.js';
import { judgeMasterKeys } from './master-keys.js';
import { checkNodeVersion } from './node-version.js';
import { checkProxies } from './proxies.js';

const keyOf = (version: number, byte = version) => ({ version, key: Buffer.alloc(32, byte) });
const checksOf = (...keys: ReturnType<typeof keyOf>[]) => new MasterKeyRing(keys).checkValues();

describe('the doctor', () => {
  it.each([
    ['20.18.9', 'failed'],
    ['20.19.0', 'ok'],
    ['21.9.0', 'failed'],
    ['22.11.0', 'failed'],
    ['22.12.0', 'ok'],
    ['23.5.0', 'failed'],
    ['24.0.0', 'ok'],
    ['26.1.0', 'ok'],
  ])('judges Node.js %s: %s', (version, status) => {
    expect(checkNodeVersion(version).status).toBe(status);
  });

  it.each([
    [0, 'ok'],
    [-5, 'ok'],
    [6, 'warning'],
    [-30, 'warning'],
    [31, 'failed'],
    [-3600, 'failed'],
  ])('judges clocks that are %s s apart: %s', (seconds, status) => {
    expect(judgeClock(seconds).status).toBe(status);
  });

  it.each([
    ['127.0.0.1', [], 'ok'],
    ['::1', [], 'ok'],
    ['localhost', [], 'ok'],
    ['0.0.0.0', [], 'warning'],
    ['0.0.0.0', ['10.0.0.0/8'], 'ok'],
    ['0.0.0.0', ['0.0.0.0/0'], 'failed'],
    ['127.0.0.1', ['10.0.0.0/8', '::/0'], 'failed'],
  ])('judges HOST %s behind %j: %s', (host, trustedProxies, status) => {
    expect(checkProxies({ host, trustedProxies }).status).toBe(status);
  });

  it.each([
    ['the one that seals', [keyOf(1)], [keyOf(1)], [[1, 3]], 'ok', /seals 3/],
    ['another under its version', [keyOf(1, 9)], [keyOf(1)], [[1, 3]], 'failed', /not the one/],
    ['one that is missing', [keyOf(2)], [keyOf(1)], [[1, 3]], 'failed', /3 keys .* version 1/],
    ['none', [], [], [], 'failed', /no master key/],
    ['rows under an older one', [keyOf(2), keyOf(1)], [], [[1, 3]], 'warning', /3 keys/],
    ['an old one without rows', [keyOf(2), keyOf(1)], [], [[2, 3]], 'warning', /Nothing is sealed/],
    ['one taken out on purpose', [keyOf(2)], [keyOf(1)], [[2, 3]], 'ok', /version 2/],
  ] as const)('judges master keys: %s', (_, configured, known, sealed, status, message) => {
    const finding = judgeMasterKeys(configured, {
      checks: checksOf(...known),
      sealed: new Map(sealed.map(([version, count]) => [version, count])),
    });
    expect(finding.status).toBe(status);
    expect(finding.message).toMatch(message);
  });
});
