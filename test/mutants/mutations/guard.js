// Who stands before a route: permissions, tiers, declarations, the guard, the strategies.
const PERMISSION = 'permission.ts';
const RULE = 'routes/route-rule.ts';
const GUARD = 'auth.guard.ts';
const RUN = 'strategies/running-strategy.ts';
const RULES = 'routes/route-rules.ts';
const INSPECTOR = 'routes/route-inspector.ts';

export const guard = [
  ['admin by a wildcard', PERMISSION, 'if (permission === ADMIN) return false;', ''],
  [
    'names that a JWT must say',
    PERMISSION,
    'LITERAL_IN_TOKENS.has(name)',
    'LITERAL_IN_TOKENS.has(`${name}?`)',
  ],
  [
    'every claim narrows',
    PERMISSION,
    ': claims.every((claim) => this.allows(claim, name))',
    ': claims.length === 0 || claims.some((claim) => this.allows(claim, name))',
  ],
  ['the lower tier', 'tier.ts', 'this.rank(name) < this.rank(low) ? name : low', 'low'],
  [
    'the higher tier of class and handler',
    RULE,
    'tiers.includes(one, other) ? one : other',
    'true ? one : other',
  ],
  ['a requirement beside @Public', RULE, 'public: open && !guarded', 'public: open'],
  [
    'declarations that add up',
    'decorators/accumulate.ts',
    '[...earlier, ...values]',
    '[...values]',
  ],
  [
    'the tier of a route',
    GUARD,
    'if (isHighEnough && !permissions.some(lacks)) return;',
    'if (!permissions.some(lacks)) return;',
  ],
  [
    'the permissions of a route',
    GUARD,
    'if (isHighEnough && !permissions.some(lacks)) return;',
    'if (isHighEnough) return;',
  ],
  [
    'body and query of the bearer strategy',
    'strategies/api-key.strategy.ts',
    'super.authenticate.call(running, { headers: { authorization }, request }, options);',
    'super.authenticate.call(running, Object.assign(request, { headers: { authorization }, request }), options);',
  ],
  [
    'the one strategy of a shape',
    'strategies/request-credential.ts',
    "if (read.method !== method) throw new Refusal('not_this_strategy');",
    '',
  ],
  ['a refusal is no error', RUN, 'outcomes.fail(thrown, 401);', 'outcomes.pass();'],
  ['promises of another kind', GUARD, "'then' in caller", 'caller instanceof Promise'],
  ['the guard itself', GUARD, 'if (rule.public) return true;', 'if (!rule.public) return true;'],
  [
    'which tier is the higher',
    GUARD,
    'tiers.includes(principal.tier, tier)',
    'tiers.includes(tier, principal.tier)',
  ],
  [
    'controllers of others that nobody opened',
    RULES,
    '!this.settings.publicControllers.has(controller)',
    'false',
  ],
  ['what a controller of others declares', RULES, 'rule.declared ||', ''],
  [
    'a public route that requires something',
    INSPECTOR,
    'Reflect.hasMetadata(PUBLIC, handler) && !rule.public',
    'false',
  ],
  [
    'a permission that nobody declared',
    INSPECTOR,
    'if (unknown !== undefined)',
    'if (unknown === null)',
  ],
  [
    'a route that declares nothing',
    INSPECTOR,
    "this.settings.undecoratedRoutes === 'refuse-start'",
    'routes.length === 0',
  ],
  [
    'a guard that the application put there',
    INSPECTOR,
    "subtype === 'guard' && instance instanceof AuthGuard",
    "subtype === 'none' && instance instanceof AuthGuard",
  ],
];
