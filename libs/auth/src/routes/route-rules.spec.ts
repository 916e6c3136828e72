import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { AuthSettings } from '../auth.settings.js';
import { RequireAuthentication } from '../decorators/require-authentication.decorator.js';
import { RequirePermission } from '../decorators/require-permission.decorator.js';
import { TierLadder } from '../tier.js';
import type { Handler } from './route-rule.js';
import { RouteRules } from './route-rules.js';

class Health {
  live(): string {
    return 'live';
  }

  @RequireAuthentication()
  details(): string {
    return 'details';
  }
}

@RequirePermission('metrics:read')
class GuardedHealth extends Health {}

class Other extends Health {}

const settings = {
  tiers: new TierLadder(['lite']),
  publicControllers: new Set([Health, GuardedHealth]),
} as unknown as AuthSettings;
const rules = new RouteRules(settings, { of: (handler) => handler.name });

const handler = (name: keyof Health): Handler => Reflect.get(Health.prototype, name);

describe('a controller of others that the application opens', () => {
  it('is open where it declares nothing', () => {
    expect(rules.of(handler('live'), Health)).toMatchObject({ declared: true, public: true });
  });

  it('is not open where it requires something, by its handler or by its class', () => {
    expect(rules.of(handler('details'), Health).public).toBe(false);
    expect(rules.of(handler('live'), GuardedHealth)).toMatchObject({
      public: false,
      permissions: ['metrics:read'],
    });
  });

  it('opens no other class that inherits its handlers', () => {
    expect(rules.of(handler('live'), Other)).toMatchObject({ declared: false, public: false });
  });

  it('is read once, and stays what it is', () => {
    expect(rules.of(handler('live'), Health)).toBe(rules.of(handler('live'), Health));
    expect(rules.of(handler('live'), Other).public).toBe(false);
  });
});
