import type { RouteRule } from '@clary/nestjs-auth';
import { TIERS } from '../auth-types.js';

const [LOWEST] = TIERS;

/** What a guarded route asks of its caller, for programs: members of the operation. */
export function requirementMembers({ public: open, tier, permissions }: RouteRule): object {
  if (open) return { security: [] };
  return {
    security: [{ bearer: [] }],
    'x-required-permissions': permissions,
    'x-required-tier': tier ?? LOWEST,
  };
}

/** The same for people, as a sentence. */
export function requirementText(rule: RouteRule): string {
  if (rule.public) return 'Open to everybody.';
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
