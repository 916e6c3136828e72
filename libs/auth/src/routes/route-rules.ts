import { Inject, Injectable, type Type } from '@nestjs/common';
import { AuthSettings } from '../auth.settings.js';
import { readRouteRule, type Handler, type RouteRule } from './route-rule.js';
import { RouteTemplates } from './route-templates.js';

/** The rule of every route, read once. */
@Injectable()
export class RouteRules {
  /** By class, then by handler: classes that inherit a handler may declare differently. */
  private readonly known = new WeakMap<Type<unknown>, WeakMap<Handler, RouteRule>>();

  constructor(
    private readonly settings: AuthSettings,
    @Inject(RouteTemplates) private readonly templates: Pick<RouteTemplates, 'of'>,
  ) {}

  /** What the route asks of its caller. */
  of(handler: Handler, controller: Type<unknown>): RouteRule {
    let rules = this.known.get(controller);
    if (rules === undefined) this.known.set(controller, (rules = new WeakMap()));
    let rule = rules.get(handler);
    if (rule === undefined) rules.set(handler, (rule = this.read(handler, controller)));
    return rule;
  }

  private read(handler: Handler, controller: Type<unknown>): RouteRule {
    const template = this.templates.of(handler, controller);
    const rule = { ...readRouteRule(handler, controller, this.settings.tiers), template };
    if (rule.declared || !this.settings.publicControllers.has(controller)) return rule;
    return { ...rule, declared: true, public: true };
  }
}
