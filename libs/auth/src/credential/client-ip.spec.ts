import { describe, expect, it } from 'vitest';
import { IpRange } from '../ip-range.js';
import { clientIpOf } from './client-ip.js';

const TRUSTED = ['10.0.0.0/8', '2001:db8:aaaa::/48'].map(
  (range) => IpRange.parse(range) as IpRange,
);
const from = (peer: string | undefined, ...lines: string[]): string | null =>
  clientIpOf(
    { peer, rawHeaders: ['Host', 'x', ...lines.flatMap((line) => ['X-Forwarded-For', line])] },
    TRUSTED,
  );

describe('the address of a client', () => {
  it('is the other end of the socket, whatever a header says, unless that is a trusted proxy', () => {
    expect(from('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
    expect(from('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(
      clientIpOf({ peer: '10.0.0.1', rawHeaders: ['X-Forwarded-For', '198.51.100.1'] }, []),
    ).toBe('10.0.0.1');
  });

  it('is what the trusted proxy saw', () => {
    expect(from('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
    expect(from('::ffff:10.0.0.1', '2001:db8::7')).toBe('2001:db8::7');
  });

  it('is found from the right, past trusted proxies, so that what a client wrote does not count', () => {
    expect(from('10.0.0.1', '192.0.2.1, 198.51.100.1, 10.0.0.2')).toBe('198.51.100.1');
    expect(from('10.0.0.1', '10.9.9.9, 198.51.100.1')).toBe('198.51.100.1');
  });

  it('is found over all lines of the header, the last one first', () => {
    expect(from('10.0.0.1', '192.0.2.1', '198.51.100.1, 10.0.0.2')).toBe('198.51.100.1');
    expect(from('10.0.0.1', '198.51.100.1', '10.0.0.2')).toBe('198.51.100.1');
  });

  it('is a trusted proxy itself where nothing stands before it', () => {
    expect(from('10.0.0.1')).toBe('10.0.0.1');
    expect(from('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  });

  it('may come with a port', () => {
    expect(from('10.0.0.1', '198.51.100.1:4711')).toBe('198.51.100.1');
    expect(from('10.0.0.1', '[2001:db8::7]:4711')).toBe('2001:db8::7');
    expect(from('10.0.0.1', '[2001:db8::7]')).toBe('2001:db8::7');
  });

  it('is not read from the value of another header that looks like the name of this one', () => {
    const rawHeaders = ['X-Other', 'X-Forwarded-For', '198.51.100.1', 'x'];
    expect(clientIpOf({ peer: '10.0.0.1', rawHeaders }, TRUSTED)).toBe('10.0.0.1');
  });

  it.each([
    'x[2001:db8::7]',
    '[2001:db8::7]x',
    '[2001:db8::7]:4711x',
    'x198.51.100.1:1',
    '198.51.100.1:1x',
    '[]',
  ])('is not known where something stands round it: %s', (line) => {
    expect(from('10.0.0.1', line)).toBeNull();
  });

  it.each(['unknown', '', '_hidden', '198.51.100.1 10.0.0.2', '198.51.100.1,', '1.2.3'])(
    'is not known where a trusted proxy passes on %j',
    (line) => {
      expect(from('10.0.0.1', line)).toBeNull();
    },
  );

  it('is not known once the socket is closed', () => {
    expect(from(undefined, '198.51.100.1')).toBeNull();
  });
});
