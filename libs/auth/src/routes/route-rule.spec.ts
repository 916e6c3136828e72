import { describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { Public } from '../decorators/public.decorator.js';
import { RequireAuthentication } from '../decorators/require-authentication.decorator.js';
import { RequirePermission } from '../decorators/require-permission.decorator.js';
import { RequireTier } from '../decorators/require-tier.decorator.js';
import { TierLadder } from '../tier.js';
import { readRouteRule, type DeclaredRule } from './route-rule.js';

const tiers = new TierLadder(['lite', 'standard', 'professional']);

type Declaration = ClassDecorator & MethodDecorator;

/** The rule of a route whose class and handler are decorated so. */
function ruleOf(onClass: Declaration[], onHandler: Declaration[]): DeclaredRule {
  class Controller {
    read(): void {
      // A route is what is declared of it.
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Controller.prototype, 'read') ?? {};
  onHandler.forEach((decorate) => decorate(Controller.prototype, 'read', descriptor));
  onClass.forEach((decorate) => void decorate(Controller));
  return readRouteRule(descriptor.value as () => void, Controller, tiers);
}

describe('what a route asks', () => {
  it('is not declared where nothing stands, and that is not open', () => {
    expect(ruleOf([], [])).toEqual({
      declared: false,
      public: false,
      tier: undefined,
      permissions: [],
    });
  });

  it.each([
    ['the class', [Public()], []],
    ['the handler', [], [Public()]],
  ])('is nothing when %s is public', (_, onClass, onHandler) => {
    expect(ruleOf(onClass, onHandler)).toMatchObject({ declared: true, public: true });
  });

  it.each([
    ['any credential', RequireAuthentication()],
    ['a tier', RequireTier('lite')],
    ['a permission', RequirePermission('documents:read')],
  ])('is %s, and no @Public beside it opens the route', (_, requirement) => {
    for (const open of [false, true]) {
      const extra = open ? [Public()] : [];
      expect(ruleOf([requirement], extra)).toMatchObject({ declared: true, public: false });
      expect(ruleOf(extra, [requirement])).toMatchObject({ declared: true, public: false });
    }
  });

  it('is the highest of the tiers on class and handler', () => {
    expect(ruleOf([RequireTier('lite')], [RequireTier('standard')]).tier).toBe('standard');
    expect(ruleOf([RequireTier('standard')], [RequireTier('lite')]).tier).toBe('standard');
    expect(ruleOf([RequireTier('standard')], []).tier).toBe('standard');
    expect(
      ruleOf(
        [],
        ['lite', 'professional', 'standard'].map((tier) => RequireTier(tier as 'lite')),
      ).tier,
    ).toBe('professional');
  });

  it('is every permission on class and handler, each once', () => {
    const rule = ruleOf(
      [RequirePermission('documents:read')],
      [RequirePermission('documents:write', 'documents:read'), RequirePermission('usage:read')],
    );
    expect([...rule.permissions].sort()).toEqual([
      'documents:read',
      'documents:write',
      'usage:read',
    ]);
  });

  it('holds for what a class inherits as well', () => {
    @RequireTier('standard')
    class Base {
      read(): void {
        // A route is what is declared of it.
      }
    }

    @RequireTier('lite')
    class Derived extends Base {}
    const read = Reflect.get(Base.prototype, 'read');
    expect(readRouteRule(read, Derived, tiers).tier).toBe('standard');
    expect(readRouteRule(read, Base, tiers).tier).toBe('standard');
  });
});
