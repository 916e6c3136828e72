import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PermissionCatalogue } from '../permission.js';
import { tokenRightsOf } from './token-rights.js';

const NAMES = ['documents:read', 'documents:write', 'usage:read', 'api-keys:write'];
const catalogue = new PermissionCatalogue(NAMES);

const grant = fc.constantFrom(...NAMES, '*', 'documents:*', 'admin', 'unknown:name');
const grants = fc.uniqueArray(grant, { maxLength: 5 });
const narrowings = fc.array(grants, { maxLength: 2 });

describe('what claims leave of a key', () => {
  it('is what the catalogue says, at first and from memory', () => {
    fc.assert(
      fc.property(grants, fc.array(narrowings, { maxLength: 6 }), (held, claimed) => {
        for (const claims of [...claimed, ...claimed]) {
          const names = catalogue.narrow(held, claims);
          const wildcards = catalogue.narrowWildcards(names, held, claims);
          const rights = tokenRightsOf(catalogue, held, claims);
          expect(rights.permissions).toEqual(names);
          expect(rights.grants).toEqual([...wildcards, ...names]);
        }
      }),
    );
  });

  it('is the same object for the same claims on the same grants, and frozen', () => {
    const held = ['*'];
    const rights = tokenRightsOf(catalogue, held, [['documents:read']]);
    expect(tokenRightsOf(catalogue, held, [['documents:read']])).toBe(rights);
    expect([rights.permissions, rights.grants].every((list) => Object.isFrozen(list))).toBe(true);
  });

  it('is told apart by catalogue, by grants and by which claim says what', () => {
    const held = ['documents:*'];
    const of = (...claims: string[][]): readonly string[] =>
      tokenRightsOf(catalogue, held, claims).permissions;
    expect(of()).toEqual(['documents:read', 'documents:write']);
    expect(of([])).toEqual([]);
    expect(of(['documents:read', 'documents:write'])).toHaveLength(2);
    expect(of(['documents:read'], ['documents:write'])).toEqual([]);
    expect(of(['documents:read","documents:write'])).toEqual([]);
    expect(tokenRightsOf(catalogue, ['usage:read'], []).permissions).toEqual(['usage:read']);
    const smaller = new PermissionCatalogue(['documents:read']);
    expect(tokenRightsOf(smaller, held, []).permissions).toEqual(['documents:read']);
  });

  it('is not kept where the claims are long: a stranger could fill the memory with them', () => {
    const held = ['*'];
    const long = [['documents:read', 'x'.repeat(512)]];
    const rights = tokenRightsOf(catalogue, held, long);
    expect(rights.permissions).toEqual(['documents:read']);
    expect(tokenRightsOf(catalogue, held, long)).not.toBe(rights);
    expect(tokenRightsOf(catalogue, held, long)).toEqual(rights);
  });

  it('is kept of a bounded number of claims', () => {
    const held = ['*'];
    const first = tokenRightsOf(catalogue, held, [['claim_0']]);
    for (let at = 1; at <= 2000; at += 1) tokenRightsOf(catalogue, held, [[`claim_${at}`]]);
    expect(tokenRightsOf(catalogue, held, [['claim_0']])).not.toBe(first);
  });
});
