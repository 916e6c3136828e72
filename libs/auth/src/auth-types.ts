/**
 * The names an application uses for its tiers and permissions. Empty here, so that both are `string`; an application
 * narrows them by augmentation, and a misspelt name no longer compiles:
 *
 * ```ts
 * declare module '@clary/nestjs-auth' {
 *   interface AuthTypes {
 *     tier: 'free' | 'pro';
 *     permission: 'reports:read' | 'reports:write';
 *   }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface is the one thing that can be augmented
export interface AuthTypes {}

/** Name of a tier, lowest privilege first in the module's `tiers` option. */
export type Tier = AuthTypes extends { tier: infer Name extends string } ? Name : string;

/** Name of a permission that a route can require: `<resource>:<action>`, or `admin`. */
export type Permission =
  (AuthTypes extends { permission: infer Name extends string } ? Name : string) | 'admin';

/** What a key can hold: a name, all actions of a resource, or everything but `admin`. */
export type Grant = Permission | `${string}:*` | '*';
