import { isInRanges } from '@clary/nestjs-auth';
import type { ApiConfig } from '../../config/environment.js';
import { failed, ok, warning, type Finding } from './check.js';

const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Whose `X-Forwarded-For` is believed, against where the API listens. */
export function checkProxies({
  host,
  trustedProxies,
}: Pick<ApiConfig, 'host' | 'trustedProxies'>): Finding {
  const open = trustedProxies.find((range) => /\/0+$/.test(range));
  if (open !== undefined)
    return failed(
      `CLARY_TRUSTED_PROXIES trusts every address (${open}): anybody may forge theirs.`,
      "Name the proxies' own addresses alone.",
    );
  if (trustedProxies.length > 0) return ok(`${trustedProxies.join(', ')} may name the client`);
  if (host === 'localhost' || isInRanges(host, LOOPBACK)) return ok(`none; HOST is ${host}`);
  return warning(
    `HOST is ${host} and no proxy is trusted: behind a load balancer, allowed_ips see its address.`,
    'If there is one, set CLARY_TRUSTED_PROXIES to its addresses.',
  );
}
