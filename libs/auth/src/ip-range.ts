import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** An IPv4 address takes four decimal parts here; older spellings (octal, hexadecimal, fewer parts) mislead readers. */
const V4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** Where dots stand in IPv6: in mapped addresses only. The library takes the deprecated `::192.0.2.1` for one. */
const MAPPED = /^(?:::|(?:0{1,4}:){5})ffff:[\d.]+$/i;

/** Bits by which an IPv4 address is embedded into IPv6 (RFC 4291, section 2.5.5.2). */
const MAPPED_BITS = 96;

/** A block of addresses (RFC 4632, RFC 4291): `192.0.2.0/24`, `2001:db8::/32`, or one address. */
export class IpRange {
  private constructor(
    private readonly base: IPv4 | IPv6,
    private readonly bits: number,
  ) {}

  /** Null for a text that is no range. An IPv4-mapped range of IPv6 is that range of IPv4. */
  static parse(text: string): IpRange | null {
    const [address = '', length, ...rest] = text.split('/');
    const base = parseAddress(address);
    if (base === null || rest.length > 0) return null;
    if (length === undefined) return new IpRange(base, sizeOf(base));
    if (!/^\d{1,3}$/.test(length)) return null;
    const isMapped = base.kind() === 'ipv4' && address.includes(':');
    const bits = Number(length) - (isMapped ? MAPPED_BITS : 0);
    return bits >= 0 && bits <= sizeOf(base) ? new IpRange(base, bits) : null;
  }

  /** Whether every address of the other range is in this one. */
  includes(other: IpRange): boolean {
    return (
      this.base.kind() === other.base.kind() &&
      this.bits <= other.bits &&
      other.base.match(this.base, this.bits)
    );
  }
}

/** An address in one spelling, or null. IPv4-mapped IPv6 is IPv4; zones (`fe80::1%eth0`) are not taken. */
export function normalizeIp(text: string): string | null {
  return parseAddress(text)?.toString() ?? null;
}

/** Whether one of the ranges includes the address or range. Texts that are none are included nowhere. */
export function isInRanges(text: string, ranges: readonly (IpRange | string)[]): boolean {
  const sought = IpRange.parse(text);
  if (sought === null) return false;
  return ranges.some((range) => parsed(range)?.includes(sought) === true);
}

function parsed(range: IpRange | string): IpRange | null {
  return typeof range === 'string' ? IpRange.parse(range) : range;
}

function parseAddress(text: string): IPv4 | IPv6 | null {
  if (!text.includes(':')) return isV4(text) ? ipaddr.IPv4.parse(text) : null;
  if (text.includes('.') && !MAPPED.test(text)) return null;
  return !text.includes('%') && ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : null;
}

/** Some read a leading zero as octal, others do not: such a spelling names two addresses. */
function isV4(text: string): boolean {
  return V4.test(text) && !/(?:^|\.)0\d/.test(text) && ipaddr.IPv4.isValid(text);
}

function sizeOf(address: IPv4 | IPv6): number {
  return address.kind() === 'ipv4' ? 32 : 128;
}
