import type { PermissionCatalogue } from '../permission.js';
import { shown } from './shown.js';

/**
 * What the claims of a JWT name or cover in vain: names that do not exist, names that the key has not, and names that a
 * wildcard does not give to a JWT.
 *
 * @param grants the key's, as stored; null where the key is not known
 * @returns sentences
 */
export function noteIdleNames(
  catalogue: PermissionCatalogue,
  grants: readonly string[] | null,
  narrowings: readonly (readonly string[])[],
): string[] {
  const names = [...new Set(narrowings.flat())];
  const unknown = names.filter((name) => !catalogue.isGrantable(name));
  const held = grants ?? names;
  const foreign = names.filter(
    (name) => catalogue.isGrantable(name) && !name.endsWith('*') && !catalogue.allows(held, name),
  );
  return [
    ...unknown.map(
      (name) => `The claims name ${shown(name)}, which is no permission here: it grants nothing.`,
    ),
    ...foreign.map(
      (name) => `The claims name ${name}, which the key does not have: it grants nothing.`,
    ),
    ...unnamed(catalogue, grants ?? [], narrowings).map(
      (name) =>
        `The key covers ${name}, but a JWT has it only if each of its claims names it literally.`,
    ),
  ];
}

function unnamed(
  catalogue: PermissionCatalogue,
  grants: readonly string[],
  narrowings: readonly (readonly string[])[],
): string[] {
  const left = catalogue.narrow(grants, narrowings);
  return catalogue
    .expand(grants)
    .filter((name) => !left.includes(name))
    .filter((name) => narrowings.every((claim) => catalogue.allows(claim, name)));
}
