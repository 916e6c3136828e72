import type { AuthenticationMethod, RouteRule } from '@clary/nestjs-auth';
import { TIERS } from '../auth-types.js';

/** What a route asks of its caller. */
interface Requirement {
  readonly rule: RouteRule;
  readonly options: { readonly method?: AuthenticationMethod };
}

const [LOWEST] = TIERS;

const CALLED_WITH = {
  api_key: 'Needs the API key itself; a JWT will not do.',
  jwt: 'Needs a JWT; the API key itself will not do.',
} satisfies Record<AuthenticationMethod, string>;

/** What a guarded route asks of its caller, for programs: members of the operation. */
export function requirementMembers({ rule, options }: Requirement): object {
  if (rule.public) return { security: [] };
  return {
    security: [{ bearer: [] }],
    'x-required-permissions': rule.permissions,
    'x-required-tier': rule.tier ?? LOWEST,
    ...(options.method && { 'x-required-method': options.method }),
  };
}

/** The same for people, as a sentence. */
export function requirementText({ rule, options }: Requirement): string {
  if (rule.public) return 'Open to everybody.';
  if (options.method !== undefined) return CALLED_WITH[options.method];
  const rights = rightsOf(rule);
  return rights === '' ? 'Any valid credential will do.' : `Needs ${rights}.`;
}

/** What a caller may lack; empty when any valid credential will do. */
export function rightsOf({ tier, permissions }: RouteRule): string {
  const needed = [
    ...(permissions.length > 0 ? [`the permission ${names(permissions)}`] : []),
    ...(tier !== undefined && tier !== LOWEST ? [`the tier \`${tier}\``] : []),
  ];
  return needed.join(' and ');
}

const names = (permissions: readonly string[]): string =>
  permissions.map((name) => `\`${name}\``).join(' and ');
