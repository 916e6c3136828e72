import { isInRanges, normalizeIp, type IpRange } from '../ip-range.js';

/** Where a request came from. */
export interface Hops {
  /** The other end of the socket; undefined once it is closed. */
  readonly peer: string | undefined;
  /** Names and values in turn, as Node received them. */
  readonly rawHeaders: readonly string[];
}

/**
 * The address of whoever sent the request. Without trusted proxies, the other end of the socket. A trusted one is
 * believed about the hop before it, the last entry of `X-Forwarded-For` over all its lines, and so on from the right:
 * what a client writes itself stands to the left of the first proxy that is not trusted.
 *
 * @returns null where that is not known: a closed socket, or a trusted proxy that passed on what is no address
 */
export function clientIpOf(
  { peer, rawHeaders }: Hops,
  trustedProxies: readonly IpRange[],
): string | null {
  let address = normalizeIp(peer ?? '');
  if (trustedProxies.length === 0 || address === null) return address;
  const hops = forwardedFor(rawHeaders);
  while (address !== null && isInRanges(address, trustedProxies)) {
    const before = hops.pop();
    if (before === undefined) return address;
    address = normalizeIp(withoutPort(before));
  }
  return address;
}

function forwardedFor(rawHeaders: readonly string[]): string[] {
  const lines = rawHeaders.filter(
    (_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'x-forwarded-for',
  );
  return lines.length === 0
    ? []
    : lines
        .join(',')
        .split(',')
        .map((hop) => hop.trim());
}

/** Some proxies add it: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
