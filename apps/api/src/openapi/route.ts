import type { Handler, RouteRule, RouteRules } from '@clary/nestjs-auth';
import type { INestApplication, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { TagObject } from '@nestjs/swagger';
import { operationOf, type OperationOptions } from './operation.decorator.js';
import { resourceOf } from './resource.decorator.js';

/** Methods whose bodies the server reads, whether they need one or not. */
const READS_BODY = ['post', 'put', 'patch', 'delete'];

/** A handler that is described: what it says of itself, and who may call. */
export interface DescribedHandler {
  readonly options: OperationOptions;
  readonly rule: RouteRule;
}

/** A handler under a path and method. */
export interface DescribedRoute extends DescribedHandler {
  /** Lower case. */
  readonly method: string;
  /** With parameters in braces. */
  readonly path: string;
  /** Whether its query or its JSON body is checked. */
  readonly validates: boolean;
}

/** Whether it can be asked for something that is not there. */
export const hasId = ({ path }: DescribedRoute): boolean => path.includes('{');

/** Whether a body is read before the handler is called. */
export const readsBody = ({ method }: DescribedRoute): boolean => READS_BODY.includes(method);

/**
 * Every described handler of an application, by the id of its operation.
 *
 * @throws Error when two have one id
 */
export function describedHandlers(
  app: INestApplication,
  rules: Pick<RouteRules, 'of'>,
): ReadonlyMap<string, DescribedHandler> {
  const found = new Map<string, DescribedHandler>();
  for (const controller of controllersOf(app)) {
    for (const handler of handlersOf(controller)) {
      const options = operationOf(handler);
      if (options === undefined) continue;
      if (found.has(options.id)) throw new Error(`Two operations are called ${options.id}`);
      found.set(options.id, { options, rule: rules.of(handler, controller) });
    }
  }
  return found;
}

/** What the controllers of an application say of themselves, each resource once. */
export function resourcesOf(app: INestApplication): TagObject[] {
  const resources = controllersOf(app).flatMap((controller) => resourceOf(controller) ?? []);
  return [...new Map(resources.map((resource) => [resource.name, resource])).values()];
}

function controllersOf(app: INestApplication): Type<unknown>[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .map(({ metatype }) => metatype as Type<unknown>);
}

function handlersOf(controller: Type<unknown>): Handler[] {
  const prototype = controller.prototype as Record<string, Handler>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => prototype[name] as Handler);
}
