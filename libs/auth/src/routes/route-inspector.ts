import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AuthGuard } from '../auth.guard.js';
import { AuthSettings } from '../auth.settings.js';
import { PUBLIC } from '../decorators/public.decorator.js';
import type { Handler, RouteRule } from './route-rule.js';
import { RouteRules } from './route-rules.js';

/** Metadata that Nest's own `@Get`, `@Post` and others put on a handler. */
const HTTP_METHOD_METADATA = 'method';

interface Route {
  readonly name: string;
  readonly handler: Handler;
  readonly controller: Type<unknown>;
  readonly rule: RouteRule;
}

/** Reads every route at start, so that a forgotten or contradictory declaration is found before the first request. */
@Injectable()
export class RouteInspector implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly rules: RouteRules,
    private readonly settings: AuthSettings,
  ) {}

  /** @throws Error that names the routes concerned; it stops the start */
  onApplicationBootstrap(): void {
    const routes = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => this.routesOf(metatype));
    routes.forEach((route) => this.assertConsistent(route));
    if (this.guardsEveryRoute()) this.judgeUndeclared(routes.filter(({ rule }) => !rule.declared));
  }

  /** Whether an `APP_GUARD` is ours: put there by this module, or by the application itself. */
  private guardsEveryRoute(): boolean {
    return this.discovery
      .getProviders()
      .some(({ subtype, instance }) => subtype === 'guard' && instance instanceof AuthGuard);
  }

  private routesOf(controller: unknown): Route[] {
    if (typeof controller !== 'function') return [];
    const type = controller as Type<unknown>;
    const prototype = type.prototype as Record<string, Handler>;
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => ({
        name: `${type.name}.${name}`,
        handler: prototype[name] as Handler,
        controller: type,
      }))
      .filter(({ handler }) => Reflect.hasMetadata(HTTP_METHOD_METADATA, handler))
      .map((route) => ({ ...route, rule: this.rules.of(route.handler, type) }));
  }

  private assertConsistent({ name, handler, rule }: Route): void {
    if (Reflect.hasMetadata(PUBLIC, handler) && !rule.public) {
      throw new Error(
        `${name} is @Public and yet requires something, by itself or by its class: remove one of the two`,
      );
    }
    const unknown = rule.permissions.find(
      (permission) => !this.settings.permissions.names.includes(permission),
    );
    if (unknown !== undefined)
      throw new Error(`${name} requires the undeclared permission "${unknown}"`);
  }

  private judgeUndeclared(routes: readonly Route[]): void {
    if (routes.length === 0) return;
    const names = routes.map(({ name }) => name).join(', ');
    if (this.settings.undecoratedRoutes === 'refuse-start') {
      throw new Error(
        `Routes that do not say who may call them: ${names}. Decorate them, with @Public() if they are open`,
      );
    }
    this.logger.warn(
      `These routes say nothing of who may call them, so any valid credential may: ${names}`,
    );
  }
}
