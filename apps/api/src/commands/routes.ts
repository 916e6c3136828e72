import type { CommandDefinition } from './command-line.js';

/** What is read of an operation of the OpenAPI document. */
interface DescribedOperation {
  readonly security?: readonly unknown[];
  readonly 'x-required-permissions'?: readonly string[];
  readonly 'x-required-tier'?: string;
  readonly 'x-required-method'?: string;
}

/** A route and who may call it. */
interface Route {
  readonly method: string;
  readonly path: string;
  /** Open to everybody. */
  readonly public: boolean;
  /** All of them are needed. */
  readonly permissions: readonly string[];
  /** The lowest that will do; null where it is public. */
  readonly tier: string | null;
  /** The only kind of credential that will do; null for any. */
  readonly credential: string | null;
}

/** `routes` */
export const showRoutes: CommandDefinition = (parent, cli) => {
  parent
    .command('routes')
    .summary('who may call what')
    .description('Every route of the API and who may call it, as the code says. Needs no database.')
    .action(async () => {
      const routes = await readRoutes();
      cli.output.table(
        routes,
        ['METHOD', 'PATH', 'TIER', 'NEEDS'],
        routes.map((route) => [route.method, route.path, route.tier, needsOf(route)]),
      );
    });
};

async function readRoutes(): Promise<Route[]> {
  // Describing every route loads all of the API, which the other commands do without.
  const { previewDocument } = await import('../openapi/preview.js');
  const { paths } = await previewDocument();
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, DescribedOperation>).map(([method, operation]) =>
      toRoute(method.toUpperCase(), path, operation),
    ),
  );
}

function toRoute(method: string, path: string, operation: DescribedOperation): Route {
  return {
    method,
    path,
    public: operation.security?.length === 0,
    permissions: operation['x-required-permissions'] ?? [],
    tier: operation['x-required-tier'] ?? null,
    credential: operation['x-required-method'] ?? null,
  };
}

function needsOf({ public: open, permissions, credential }: Route): string {
  if (open) return 'nothing: public';
  if (credential !== null) return credential === 'jwt' ? 'a JWT' : 'the API key itself';
  return permissions.length === 0 ? 'any credential' : permissions.join(' and ');
}
