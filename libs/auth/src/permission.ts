/** Reaches across accounts. No wildcard grants it. */
export const ADMIN = 'admin';

/** A JWT holds these only if a claim names them literally: the absence of a claim and wildcards do not grant them. */
const LITERAL_IN_TOKENS: ReadonlySet<string> = new Set([ADMIN, 'api-keys:write']);

const NAME = /^([a-z][a-z0-9-]*):([a-z][a-z0-9-]*)$/;
const EVERYTHING = '*';

/**
 * The permissions that an application declares, and what a set of grants amounts to. A grant is a declared name,
 * `<resource>:*`, `*`, or `admin`.
 */
export class PermissionCatalogue {
  /** Every declared name, `admin` last. */
  readonly names: readonly string[];
  private readonly wildcards: readonly string[];
  private readonly grantable: ReadonlySet<string>;

  /**
   * @param declared names of the form `<resource>:<action>`
   * @throws RangeError for a name of another form
   */
  constructor(declared: readonly string[]) {
    const resources = declared.map((name) => {
      const resource = NAME.exec(name)?.[1];
      if (resource === undefined)
        throw new RangeError(`Permission "${name}" is not <resource>:<action>`);
      return resource;
    });
    this.names = [...new Set([...declared, ADMIN])];
    this.wildcards = [
      ...new Set([EVERYTHING, ...resources.map((resource) => `${resource}:${EVERYTHING}`)]),
    ];
    this.grantable = new Set([...this.wildcards, ...this.names]);
  }

  /** Whether a key may be given this grant. */
  isGrantable(grant: string): boolean {
    return this.grantable.has(grant);
  }

  /**
   * Whether the grants cover a permission, or another grant: a wildcard is covered by a wildcard alone, for it covers
   * names that are declared later as well. Constant time in the number of declared names.
   */
  allows(grants: readonly string[], permission: string): boolean {
    if (grants.includes(permission)) return true;
    if (permission === ADMIN) return false;
    const resource = permission.slice(0, permission.indexOf(':'));
    return grants.includes(EVERYTHING) || grants.includes(`${resource}:*`);
  }

  /** The declared names that the grants cover, without wildcards, in declared order. */
  expand(grants: readonly string[]): string[] {
    return this.names.filter((name) => this.allows(grants, name));
  }

  /**
   * What a JWT may do: the names covered by the key's grants and by every claim. Unknown names grant nothing.
   *
   * @param grants the key's grants as stored
   * @param claims one list of grants per claim present (`permissions`, `scope`); none leaves the key's rights,
   *   except those that a JWT must name literally
   */
  narrow(grants: readonly string[], claims: readonly (readonly string[])[]): string[] {
    return this.expand(grants).filter((name) =>
      LITERAL_IN_TOKENS.has(name)
        ? claims.length > 0 && claims.every((claim) => claim.includes(name))
        : claims.every((claim) => this.allows(claim, name)),
    );
  }

  /**
   * The wildcards that a JWT may give on: those that its key and every claim cover, unless they would cover what a JWT
   * must name and does not.
   *
   * @param names what the JWT may do, as `narrow` says
   */
  narrowWildcards(
    names: readonly string[],
    grants: readonly string[],
    claims: readonly (readonly string[])[],
  ): string[] {
    return this.wildcards.filter(
      (wildcard) =>
        [grants, ...claims].every((list) => this.allows(list, wildcard)) &&
        this.expand([wildcard]).every((name) => names.includes(name)),
    );
  }
}
