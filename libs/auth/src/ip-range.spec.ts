import { describe, expect, it } from 'vitest';
import { IpRange, isInRanges, normalizeIp } from './ip-range.js';

describe('a range of addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.99/24'],
    ['192.0.2.0/25', '192.0.2.0/24'],
    ['10.1.2.3', '0.0.0.0/0'],
    ['::ffff:192.0.2.7', '192.0.2.0/24'],
    ['::ffff:c000:207', '192.0.2.0/24'],
    ['192.0.2.7', '::ffff:192.0.2.0/120'],
    ['2001:db8::1', '2001:db8::/32'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
  ])('%s is in %s', (address, range) => {
    expect(isInRanges(address, ['203.0.113.1', range])).toBe(true);
  });

  it.each([
    ['192.0.3.7', '192.0.2.0/24'],
    ['192.0.2.0/23', '192.0.2.0/24'],
    ['10.1.2.3', '::/0'],
    ['2001:db8::1', '0.0.0.0/0'],
    ['::192.0.2.7', '192.0.2.0/24'],
    ['nonsense', '0.0.0.0/0'],
    ['192.0.2.7', 'nonsense'],
    ['', '0.0.0.0/0'],
  ])('%s is not in %s', (address, range) => {
    expect(isInRanges(address, [range])).toBe(false);
  });

  it.each([
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.0/1/2',
    '192.0.2',
    '0300.0.2.1',
    '0x7f.0.0.1',
    '192.0.2.256',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:192.0.2.0/95',
    ' 192.0.2.1',
    '192.0.2.1 ',
    '01.2.3.4',
    '',
    '/8',
    ':',
    '192.0.2.0/1e1',
  ])('is not %j', (text) => {
    expect(IpRange.parse(text)).toBeNull();
  });
});

describe('an address', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['10.0.0.1', '10.0.0.1'],
  ])('%s has one spelling: %s', (text, normal) => {
    expect(normalizeIp(text)).toBe(normal);
  });
});
