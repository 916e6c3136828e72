import type { Type } from '@nestjs/common';
import type { Permission, Tier } from '../auth-types.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import { REQUIRED_AUTHENTICATION } from '../decorators/require-authentication.decorator.js';
import { REQUIRED_PERMISSIONS } from '../decorators/require-permission.decorator.js';
import { REQUIRED_TIERS } from '../decorators/require-tier.decorator.js';
import type { TierLadder } from '../tier.js';

/** A method of a controller. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Nest's own type of a handler
export type Handler = Function;

/** What a route asks of its caller, from its class and its handler together. */
export interface RouteRule {
  /** Whether anything was declared at all. */
  readonly declared: boolean;
  /** Open to everybody. Never together with a requirement: then the requirement counts. */
  readonly public: boolean;
  /** The highest that was required; undefined for any. */
  readonly tier: Tier | undefined;
  /** Every one that was required. */
  readonly permissions: readonly Permission[];
  /** Method and path with parameters in braces, such as `GET /v1/documents/{id}`. */
  readonly template: string;
}

/** What the decorators of a route say. */
export type DeclaredRule = Omit<RouteRule, 'template'>;

/** Reads the decorators of a route. Class and handler never loosen each other. */
export function readRouteRule(
  handler: Handler,
  controller: Type<unknown>,
  tiers: TierLadder,
): DeclaredRule {
  const targets = [handler, controller];
  const required = declared<Tier>(REQUIRED_TIERS, targets);
  const permissions = declared<Permission>(REQUIRED_PERMISSIONS, targets);
  const authenticated = declared<true>(REQUIRED_AUTHENTICATION, targets);
  const open = declared<true>(PUBLIC, targets).length > 0;
  const guarded = [required, permissions, authenticated].some((found) => found.length > 0);
  return {
    declared: guarded || open,
    public: open && !guarded,
    tier: required.reduce<Tier | undefined>((high, tier) => higher(tiers, high, tier), undefined),
    permissions: [...new Set(permissions)],
  };
}

/** What handler and class declare together, base classes included. */
function declared<Value>(key: string, targets: readonly (Handler | Type<unknown>)[]): Value[] {
  return targets.flatMap((target) => (Reflect.getMetadata(key, target) ?? []) as Value[]);
}

function higher(tiers: TierLadder, one: Tier | undefined, other: Tier): Tier {
  return one !== undefined && tiers.includes(one, other) ? one : other;
}
