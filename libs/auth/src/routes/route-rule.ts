import type { Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Permission, Tier } from '../auth-types.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import { REQUIRED_AUTHENTICATION } from '../decorators/require-authentication.decorator.js';
import { REQUIRED_PERMISSIONS } from '../decorators/require-permission.decorator.js';
import { REQUIRED_TIER } from '../decorators/require-tier.decorator.js';
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
  readonly tier: Tier | undefined;
  readonly permissions: readonly Permission[];
}

const reflector = new Reflector();

/** Reads the decorators of a route. Class and handler never loosen each other. */
export function readRouteRule(
  handler: Handler,
  controller: Type<unknown>,
  tiers: TierLadder,
): RouteRule {
  const targets = [handler, controller];
  const tierNames = declared<Tier>(REQUIRED_TIER.KEY, targets);
  const permissions = declared<readonly Permission[]>(REQUIRED_PERMISSIONS.KEY, targets);
  const authenticated = declared<boolean>(REQUIRED_AUTHENTICATION.KEY, targets);
  const open = declared<boolean>(PUBLIC.KEY, targets).length > 0;
  const guarded = [tierNames, permissions, authenticated].some((found) => found.length > 0);
  return {
    declared: guarded || open,
    public: open && !guarded,
    tier: tierNames.reduce<Tier | undefined>((high, tier) => higher(tiers, high, tier), undefined),
    permissions: [...new Set(permissions.flat())],
  };
}

/** What handler and class each declare, where they do. */
function declared<Value>(key: string, targets: (Handler | Type<unknown>)[]): Value[] {
  return reflector
    .getAll<(Value | undefined)[]>(key, targets)
    .filter((value) => value !== undefined);
}

function higher(tiers: TierLadder, one: Tier | undefined, other: Tier): Tier {
  return one !== undefined && tiers.includes(one, other) ? one : other;
}
