import { describe, expect, it } from 'vitest';
import { PermissionCatalogue } from './permission.js';

const catalogue = new PermissionCatalogue([
  'documents:read',
  'documents:write',
  'api-keys:read',
  'api-keys:write',
]);

describe('grants', () => {
  it.each(['documents:read', 'documents:*', '*', 'admin'])('%s can be given', (grant) => {
    expect(catalogue.isGrantable(grant)).toBe(true);
  });

  it.each([
    '',
    'documents',
    'documents:fly',
    'reports:*',
    '*:*',
    '*:read',
    'docu*',
    'admin:*',
    'Documents:read',
  ])('%j cannot be given', (grant) => {
    expect(catalogue.isGrantable(grant)).toBe(false);
  });

  it('cover their own name, their resource, or everything', () => {
    expect(catalogue.allows(['documents:read'], 'documents:read')).toBe(true);
    expect(catalogue.allows(['documents:read'], 'documents:write')).toBe(false);
    expect(catalogue.allows(['documents:*'], 'documents:write')).toBe(true);
    expect(catalogue.allows(['documents:*'], 'api-keys:read')).toBe(false);
    expect(catalogue.allows(['*'], 'api-keys:write')).toBe(true);
    expect(catalogue.allows([], 'documents:read')).toBe(false);
  });

  it('reach across accounts only by the name admin', () => {
    expect(catalogue.allows(['*'], 'admin')).toBe(false);
    expect(catalogue.allows(['admin'], 'admin')).toBe(true);
    expect(catalogue.allows(['admin'], 'documents:read')).toBe(false);
  });

  it('are given on only by grants that cover them, a wildcard only by a wildcard', () => {
    expect(catalogue.allows(['*'], '*')).toBe(true);
    expect(catalogue.allows(['*'], 'documents:*')).toBe(true);
    expect(catalogue.allows(['documents:*'], 'documents:*')).toBe(true);
    expect(catalogue.allows(['documents:*'], '*')).toBe(false);
    expect(catalogue.allows(['documents:read', 'documents:write'], 'documents:*')).toBe(false);
    expect(catalogue.allows(['*', 'documents:*'], 'admin')).toBe(false);
  });

  it('are declared as <resource>:<action>', () => {
    expect(() => new PermissionCatalogue(['documents'])).toThrow(RangeError);
    expect(() => new PermissionCatalogue(['documents:*'])).toThrow(RangeError);
  });
});

describe('the name of a permission', () => {
  it.each(['documents:read', 'a:b', 'api-keys2:read-all', 'r2-d2:c-3po'])('may be %s', (name) => {
    expect(new PermissionCatalogue([name]).isGrantable(name)).toBe(true);
  });

  it.each([
    '',
    ':',
    'documents:',
    ':read',
    'Documents:read',
    'documents:Read',
    '2d:read',
    'documents:-read',
    'documents:read:all',
    'documents:read ',
    ' documents:read',
    'documents:read\n',
    'documents/read',
  ])('must not be %j', (name) => {
    expect(() => new PermissionCatalogue(['documents:read', name])).toThrow(RangeError);
  });
});

describe('what a JWT may do', () => {
  const everything = ['*', 'admin'];

  it('is what the key may, less what must be named, when no claim is there', () => {
    expect(catalogue.narrow(everything, [])).toEqual([
      'documents:read',
      'documents:write',
      'api-keys:read',
    ]);
  });

  it('is narrowed by a claim', () => {
    expect(catalogue.narrow(everything, [['documents:read', 'unknown:name']])).toEqual([
      'documents:read',
    ]);
    expect(catalogue.narrow(everything, [[]])).toEqual([]);
    expect(catalogue.narrow(everything, [['documents:*']])).toEqual([
      'documents:read',
      'documents:write',
    ]);
  });

  it('is narrowed by each of two claims', () => {
    expect(catalogue.narrow(everything, [['documents:*'], ['documents:read', 'admin']])).toEqual([
      'documents:read',
    ]);
  });

  it('never exceeds the key', () => {
    expect(catalogue.narrow(['documents:read'], [['*', 'admin', 'api-keys:write']])).toEqual([
      'documents:read',
    ]);
  });

  it('holds admin and api-keys:write only where every claim names them', () => {
    expect(catalogue.narrow(everything, [['*', 'api-keys:*']])).not.toContain('api-keys:write');
    expect(catalogue.narrow(everything, [['api-keys:write', 'admin']])).toEqual([
      'api-keys:write',
      'admin',
    ]);
    expect(catalogue.narrow(everything, [['admin'], ['*']])).toEqual([]);
  });
});

describe('the wildcards that a JWT may give on', () => {
  const wildcards = (grants: string[], ...claims: string[][]): string[] =>
    catalogue.narrowWildcards(catalogue.narrow(grants, claims), grants, claims);

  it('are those that its key and each of its claims cover', () => {
    expect(wildcards(['*'], ['documents:*', 'api-keys:write'])).toEqual(['documents:*']);
    expect(wildcards(['documents:*'], ['*'])).toEqual(['documents:*']);
    expect(wildcards(['*'], ['*', 'api-keys:write'], ['documents:*'])).toEqual(['documents:*']);
    expect(wildcards(['documents:read', 'documents:write'], ['*'])).toEqual([]);
  });

  it('cover nothing that the JWT must name and does not', () => {
    expect(wildcards(['*'])).toEqual(['documents:*']);
    expect(wildcards(['*'], ['*', 'api-keys:write'])).toEqual(['*', 'documents:*', 'api-keys:*']);
  });
});
