import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PermissionCatalogue } from '../permission.js';
import { comparePermissions } from './permissions-in-use.js';

const lastUsedAt = new Date(0);
const used = (...names: string[]) => names.map((permission) => ({ permission, lastUsedAt }));
const catalogue = new PermissionCatalogue(['docs:read', 'docs:write', 'keys:read', 'keys:write']);

describe('the permissions in use', () => {
  it('are names: a wildcard becomes what was used of it', () => {
    expect(comparePermissions(['*', 'admin'], used('keys:read', 'docs:read'), catalogue)).toEqual({
      granted: ['*', 'admin'],
      used: used('docs:read', 'keys:read'),
      unused: ['docs:write', 'keys:write', 'admin'],
      suggested: ['docs:read', 'keys:read'],
    });
  });

  it('give back nothing that was used once and is granted no longer, and nothing that is declared no longer', () => {
    const found = comparePermissions(
      ['docs:*', 'gone:read'],
      used('docs:write', 'keys:write', 'gone:read'),
      catalogue,
    );
    expect(found.used).toEqual(used('docs:write', 'keys:write'));
    expect(found.suggested).toEqual(['docs:write']);
    expect(found.unused).toEqual(['docs:read']);
  });

  it('are granted by the suggestion, which grants nothing else, whatever was granted and used', () => {
    const names = fc.subarray([...catalogue.names]);
    const grants = fc.subarray(['*', 'docs:*', 'keys:*', ...catalogue.names]);
    fc.assert(
      fc.property(grants, names, (granted, useds) => {
        const { suggested, unused } = comparePermissions(granted, used(...useds), catalogue);
        for (const name of catalogue.names) {
          const isGranted = catalogue.allows(granted, name);
          const isUsed = useds.includes(name);
          expect(catalogue.allows(suggested, name)).toBe(isGranted && isUsed);
          expect(unused.includes(name)).toBe(isGranted && !isUsed);
        }
        expect(suggested.every((name) => catalogue.isGrantable(name))).toBe(true);
        expect(new Set(suggested).size).toBe(suggested.length);
      }),
    );
  });
});
